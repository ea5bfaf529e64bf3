import type { Dirent, Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { Pace } from "../pace.ts";
import { codeOf } from "./stored-file.ts";

/** What stands at one place in the store. */
export type Entry = {
  readonly name: string;
  /** Relative to the folder whose walk met it. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  readonly sizeBytes: number;
  readonly uid: number;
};

/** Entries that are looked at in one go. */
const BATCH = 64;

/** What stands right in a folder; nothing when the folder is not there. Follows no link. */
export async function* entriesOf(place: string, pace: Pace): AsyncGenerator<Entry> {
  yield* entriesBelow(place, "", pace);
}

/** Everything below a folder, folders before what is in them; nothing when it is not there. Follows no link. */
export async function* walk(place: string, pace: Pace, path = ""): AsyncGenerator<Entry> {
  const folders: Entry[] = [];
  for await (const entry of entriesBelow(place, path, pace)) {
    yield entry;
    if (entry.kind === "folder") folders.push(entry);
  }
  for (const folder of folders) yield* walk(join(place, folder.name), pace, folder.path);
}

async function* entriesBelow(place: string, path: string, pace: Pace): AsyncGenerator<Entry> {
  let batch: Dirent[] = [];
  for await (const each of await openFolder(place)) {
    batch.push(each);
    if (batch.length < BATCH) continue;
    yield* await measured(batch, place, path);
    batch = [];
    await pace.step();
  }
  yield* await measured(batch, place, path);
}

async function openFolder(place: string): Promise<AsyncIterable<Dirent>> {
  try {
    return await opendir(place, { bufferSize: BATCH });
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return nothing();
    throw thrown;
  }
}

async function* nothing(): AsyncGenerator<Dirent> {
  // A folder that is gone has nothing in it.
}

async function measured(batch: readonly Dirent[], place: string, path: string): Promise<Entry[]> {
  const found = await Promise.all(
    batch.map(async ({ name }) => {
      const facts = await factsOf(join(place, name));
      if (facts === undefined) return [];
      return [{ name, path: path === "" ? name : `${path}/${name}`, ...facts }];
    }),
  );
  return found.flat();
}

/** What stands at a place; undefined when nothing does. */
export async function factsOf(place: string): Promise<Pick<Entry, "kind" | "sizeBytes" | "uid"> | undefined> {
  try {
    const stats = await lstat(place);
    return { kind: kindOf(stats), sizeBytes: stats.size, uid: stats.uid };
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

function kindOf(stats: Stats): Entry["kind"] {
  if (stats.isDirectory()) return "folder";
  return stats.isFile() ? "file" : "other";
}
