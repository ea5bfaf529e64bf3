import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartFailure, systemCode } from "../start/start-failure.ts";

/** A key for AES-256, and the name that stands beside whatever it sealed. */
export type SealingKey = { readonly id: string; readonly bytes: Buffer };

const KEY_BYTES = 32;
const FILE = "sealing.key";

/** The name tells nothing of the key: half of a hash over it and a text that no one else hashes. */
function named(bytes: Buffer): SealingKey {
  const id = createHash("sha256").update("snapdeck sealing key id").update(bytes).digest("hex").slice(0, 16);
  return { id, bytes };
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function read(file: string): Promise<SealingKey | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new StartFailure(
      "directory-unsafe",
      `the key ${file} cannot be read; nothing was started. Check its owner`,
      error,
    );
  }
  try {
    const { uid, mode } = await handle.stat();
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
      throw new StartFailure(
        "directory-unsafe",
        `the key ${file} is another user's or open to others; nothing was started. Make it yours alone: chmod 600 ${file}`,
      );
    }
    const bytes = Buffer.from((await handle.readFile("utf8")).trim(), "base64");
    if (bytes.length === KEY_BYTES) return named(bytes);
    throw new StartFailure(
      "state-unusable",
      `the key ${file} is damaged; nothing was started. Put back the file from your own copy of the keys directory`,
    );
  } finally {
    await handle.close();
  }
}

/** Durable before it is used: what a lost key sealed is lost too. Loses against a file that came to be meanwhile. */
async function make(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  const handle = await open(aside, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    await unlink(aside);
  }
  await sync(dirname(file));
}

/**
 * The key in `keysDir`, made at the first start (32 random bytes in base64, mode 0600). `isNew`: backups and secrets that were
 * sealed before, if there are any, cannot be read with it.
 * @throws {StartFailure} `directory-unsafe`, `state-unusable`
 */
export async function openSealingKey(keysDir: string): Promise<SealingKey & { readonly isNew: boolean }> {
  const file = join(keysDir, FILE);
  const known = await read(file);
  if (known !== undefined) return { ...known, isNew: false };
  await make(file);
  const made = await read(file);
  if (made === undefined) throw new Error(`the key ${file} vanished`);
  return { ...made, isNew: true };
}
