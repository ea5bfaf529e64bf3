import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./stored-file.ts";

/**
 * Removes what nothing owns, and answers how many files that were. Goes through no link: one in the way of the path ends it, one at
 * its end is removed itself.
 */
export async function removeUnowned(storeRoot: string, path: string): Promise<number> {
  const parts = path.split("/");
  let place = storeRoot;
  for (const part of parts.slice(0, -1)) {
    place = join(place, part);
    if (!(await lstat(place)).isDirectory()) throw new Error(`${place} is not a folder; nothing behind it was removed`);
  }
  return removeAt(join(storeRoot, ...parts));
}

async function removeAt(place: string): Promise<number> {
  try {
    if (!(await lstat(place)).isDirectory()) {
      await unlink(place);
      return 1;
    }
    let removed = 0;
    for (const name of await readdir(place)) removed += await removeAt(join(place, name));
    await rmdir(place);
    return removed;
  } catch (thrown) {
    // Somebody else removed it meanwhile, which is as good.
    if (codeOf(thrown) === "ENOENT") return 0;
    throw thrown;
  }
}
