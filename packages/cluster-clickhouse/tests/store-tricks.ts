import { readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";

/** A store in which something happens to the files just before they are made durable, as on a disk that lies. */
export function storeWith(store: ObjectStore, beforeSync: (prefix: string) => Promise<void>): ObjectStore {
  return {
    name: store.name,
    space: () => store.space(),
    folders: (prefix) => store.folders(prefix),
    files: (prefix) => store.files(prefix),
    read: (path, maxBytes) => store.read(path, maxBytes),
    digest: (path, kind, signal, onBytes) => store.digest(path, kind, signal, onBytes),
    publish: (path, contents) => store.publish(path, contents),
    replace: (path, contents, expectedSha256) => store.replace(path, contents, expectedSha256),
    sync: async (prefix, onMoved) => {
      await beforeSync(prefix);
      await store.sync(prefix, onMoved);
    },
    sweep: (prefix, named) => store.sweep(prefix, named),
    remove: (path) => store.remove(path),
    removeAll: (prefix, onMoved) => store.removeAll(prefix, onMoved),
  };
}

/** Absolute paths of all files below a directory; empty when there is none. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export async function shortenOne(directory: string): Promise<void> {
  const data = (await filesBelow(directory)).find((file) => file.endsWith(".bin"));
  if (data === undefined) throw new Error("there is no data file to shorten");
  await truncate(data, 1);
}

export async function plantOne(directory: string): Promise<void> {
  const metadata = (await filesBelow(directory)).find((file) => file.endsWith(".backup"));
  if (metadata === undefined) throw new Error("there is no backup to plant a file in");
  await writeFile(join(metadata, "../planted"), "x");
}
