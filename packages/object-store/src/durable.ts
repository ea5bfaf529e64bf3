import { constants } from "node:fs";
import { lstat, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { refused } from "./guarded-walk.ts";
import { errnoOf } from "./store-failure.ts";

/** Files that are synced at once: with one at a time each would wait for its own commit of the file system's journal. */
const SYNCS_AT_ONCE = 16;

/** Makes one file or folder durable. Follows no link. */
export async function syncPlace(place: string): Promise<void> {
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes all of `places` durable, in any order. `onMoved` hears of each that is. */
export async function syncPlaces(places: readonly string[], onMoved: () => void): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let place = places[next++]; place !== undefined; place = places[next++]) {
      await syncPlace(place);
      onMoved();
    }
  };
  await Promise.all(Array.from({ length: Math.min(SYNCS_AT_ONCE, places.length) }, worker));
}

/** The folders from `root` down to `parts`, the deepest first. */
export function foldersUpTo(root: string, parts: readonly string[]): string[] {
  return parts.map((_, depth) => join(root, ...parts.slice(0, parts.length - depth))).concat(root);
}

/**
 * Makes the folders that are missing below `root`, readable by their owner only, each durable in its parent.
 * @throws {SnapdeckError} `store-unavailable` when a link or a file stands in the place of one; nothing is made behind it.
 */
export async function makeFolders(root: string, parts: readonly string[]): Promise<void> {
  let parent = root;
  for (const part of parts) {
    const place = join(parent, part);
    try {
      await mkdir(place, { mode: 0o700 });
      await syncPlace(parent);
    } catch (thrown) {
      if (errnoOf(thrown) !== "EEXIST") throw thrown;
      if (!(await lstat(place)).isDirectory()) throw refused(place);
    }
    parent = place;
  }
}
