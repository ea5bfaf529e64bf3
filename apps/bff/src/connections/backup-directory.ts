import { lstat, mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { systemCode } from "../start/start-failure.ts";

/**
 * The root that a directory is in, by its path alone.
 * @param roots what the configuration allows
 * @throws {SnapdeckError} `not-supported` when it is in none
 */
export function rootOf(path: string, roots: readonly string[]): string {
  const root = roots.map((each) => resolve(each)).find((each) => path === each || path.startsWith(`${each}/`));
  if (root !== undefined) return root;
  throw new SnapdeckError("not-supported", `this server keeps no database backups in ${path}; nothing was changed`, {
    hint:
      roots.length === 0
        ? "An administrator has to allow directories in the configuration (databaseBackupRoots)."
        : `It keeps them below ${roots.join(", ")}; an administrator can allow others in the configuration (databaseBackupRoots).`,
  });
}

/**
 * The real path of a directory below a root, after a look at each step on the way there: all are directories of ours that nobody else can
 * change, and none is a link, so that nobody leads the engine elsewhere.
 * @param makes whether what is missing is made, with mode 0700
 * @throws {SnapdeckError} `not-supported` as `rootOf`, `store-unavailable`
 */
export async function backupDirectory(path: string, roots: readonly string[], makes: boolean): Promise<string> {
  const root = rootOf(path, roots);
  try {
    let place = await realpath(root);
    for (const part of path
      .slice(root.length)
      .split("/")
      .filter((each) => each !== "")) {
      place = join(place, part);
      if (makes) await made(place);
      const facts = await lstat(place);
      if (!facts.isDirectory()) throw unsafe(place, "is a link or no directory");
      if (facts.uid !== process.getuid?.()) throw unsafe(place, "belongs to another user");
      if ((facts.mode & 0o022) !== 0) throw unsafe(place, "can be changed by other users");
    }
    return place;
  } catch (thrown) {
    if (thrown instanceof SnapdeckError) throw thrown;
    const code = systemCode(thrown);
    const reason = code === "ENOENT" ? "is not there" : `cannot be used (${code ?? "unknown reason"})`;
    throw new SnapdeckError("store-unavailable", `the directory ${path} ${reason}; nothing was changed`, {
      hint: "Check the path, that its disk is there, and that this server may use it.",
      cause: thrown,
    });
  }
}

async function made(place: string): Promise<void> {
  try {
    await mkdir(place, { mode: 0o700 });
  } catch (thrown) {
    if (systemCode(thrown) !== "EEXIST") throw thrown;
  }
}

function unsafe(place: string, fault: string): SnapdeckError {
  return new SnapdeckError("store-unavailable", `${place} ${fault}; nothing was changed`, {
    hint: "Backups go to directories that are this server's alone: name another, or give it to this server with mode 0700.",
  });
}
