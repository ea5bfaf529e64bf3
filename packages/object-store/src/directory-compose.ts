import { constants } from "node:fs";
import { type FileHandle, link, lstat, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { ASIDE, asidePlace, writeAside } from "./aside.ts";
import { makeFolders } from "./durable.ts";
import { isFolder, refused } from "./guarded-walk.ts";
import { errnoOf } from "./store-failure.ts";
import { partsOf, placeOf } from "./store-path.ts";

/** A file system that links no more to a file, or none at all. */
const NO_LINK = ["EMLINK", "EPERM", "EXDEV", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/**
 * Makes a file of the bytes of others below `root`, in order; of a single one it is a link to it, so nothing is written. It is there in
 * full or not at all, and durable once its folder was synced. Nothing happens when a file of that size is there. Only for whoever alone
 * writes there.
 */
export async function composeFile(
  root: string,
  path: string,
  sizeBytes: number,
  from: readonly string[],
): Promise<void> {
  const parts = partsOf(path);
  const sources = from.map((each) => partsOf(each));
  let total = 0;
  for (const source of sources) total += await sizeOf(root, source);
  if (total !== sizeBytes || sources.length === 0) {
    throw new SnapdeckError("backup-unusable", `${path} would have ${total} bytes, and ${sizeBytes} are expected`, {
      hint: "Verify the backup: a file of it is short or is another one.",
    });
  }
  await makeFolders(root, parts.slice(0, -1));
  const place = placeOf(root, parts);
  const [single] = sources;
  try {
    if (single !== undefined && sources.length === 1 && (await linked(placeOf(root, single), place))) return;
    const [folder, name] = [placeOf(root, parts.slice(0, -1)), parts.at(-1) ?? ""];
    await removeAsides(folder, name);
    const aside = asidePlace(folder, name);
    try {
      await writeAside(aside, async (handle) => {
        for (const source of sources) await append(handle, placeOf(root, source));
      });
      await link(aside, place);
    } finally {
      await unlink(aside).catch(passMissing);
    }
  } catch (thrown) {
    if (errnoOf(thrown) !== "EEXIST") throw thrown;
    if ((await sizeOf(root, parts)) === sizeBytes) return;
    throw new SnapdeckError("backup-unusable", `${path} is in the store already, with another size`, { cause: thrown });
  }
}

/** What an earlier attempt at this file left when it was cut off. */
async function removeAsides(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (ASIDE.test(entry) && entry.startsWith(`.${name}.`)) await unlink(join(folder, entry)).catch(passMissing);
  }
}

async function linked(source: string, place: string): Promise<boolean> {
  try {
    await link(source, place);
    return true;
  } catch (thrown) {
    if (NO_LINK.includes(errnoOf(thrown) ?? "")) return false;
    throw thrown;
  }
}

async function append(handle: FileHandle, source: string): Promise<void> {
  const from = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for await (const chunk of from.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) {
      await handle.writeFile(chunk);
    }
  } finally {
    await from.close();
  }
}

/** Large enough for a disk to stream, small enough for many stores. */
const CHUNK_BYTES = 1024 * 1024;

async function sizeOf(root: string, parts: readonly string[]): Promise<number> {
  const missing = new SnapdeckError(
    "backup-unusable",
    `${parts.join("/")} is not in the store, and its bytes are needed`,
    {
      hint: "Verify the backup, and find out who touched the store.",
    },
  );
  if (!(await isFolder(root, parts.slice(0, -1)))) throw missing;
  const place = placeOf(root, parts);
  const facts = await lstat(place).catch((thrown: unknown) => {
    if (errnoOf(thrown) === "ENOENT") throw missing;
    throw thrown;
  });
  if (!facts.isFile()) throw refused(place);
  return facts.size;
}

function passMissing(thrown: unknown): void {
  if (errnoOf(thrown) !== "ENOENT") throw thrown;
}
