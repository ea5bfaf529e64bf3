import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Files } from "@snapdeck/core/checks/engine-model";
import type { ComposingStore } from "../src/database-backup/carry-out.ts";
import { DirectoryStore } from "../src/directory-store.ts";

/** Where a test keeps its backup. */
export type BackupPlace = {
  readonly store: ComposingStore;
  /** The directory, or the bucket's URL. */
  readonly root: string;
  /** Another place with the same files. */
  copy(): Promise<BackupPlace>;
  /** Every file of a folder, relative to it. */
  files(folder: string): Promise<Files>;
  /** Writes a file past the store. */
  plant(path: string, text: string): Promise<void>;
  /** Leaves what a writer of that file leaves that dies before it is done. */
  leaveHalf(path: string): Promise<void>;
  close(): Promise<void>;
};

export async function openDirectoryPlace(): Promise<BackupPlace> {
  const root = join(await mkdtemp(join(tmpdir(), "snapdeck-backup-")), "store");
  const store = await DirectoryStore.open(root);
  const plant = async (path: string, text: string): Promise<void> => {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await writeFile(place, text, "latin1");
  };
  return {
    store,
    root,
    plant,
    async copy() {
      const other = await openDirectoryPlace();
      await cp(root, other.root, { recursive: true });
      return other;
    },
    async files(folder) {
      const below = join(root, folder);
      const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(() => []);
      const files: Files = new Map();
      for (const entry of entries.filter((each) => each.isFile())) {
        const place = join(entry.parentPath, entry.name);
        files.set(place.slice(below.length + 1), await readFile(place, "latin1"));
      }
      return files;
    },
    leaveHalf: (path) =>
      plant(join(dirname(path), `.${path.slice(path.lastIndexOf("/") + 1)}.${randomUUID()}.tmp`), "half of it"),
    close: () => rm(dirname(root), { recursive: true, force: true }),
  };
}
