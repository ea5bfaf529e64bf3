import { constants } from "node:fs";
import { link, open, readdir, rmdir, statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DigestKind, ObjectStore, StoredFile } from "@snapdeck/core/ports/object-store";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { ASIDE, asidePlace, writeAside } from "./aside.ts";
import { digestThreads } from "./digest-threads.ts";
import { composeFile } from "./directory-compose.ts";
import { replaceFile } from "./directory-replace.ts";
import { foldersUpTo, makeFolders, syncPlace, syncPlaces } from "./durable.ts";
import { isFolder, refused, walk } from "./guarded-walk.ts";
import { openRoot } from "./open-root.ts";
import { MAX_REPLACED_BYTES, refuseOther } from "./replaced-file.ts";
import { errnoOf, storeFailure } from "./store-failure.ts";
import { partsOf, placeOf } from "./store-path.ts";

/** Keeps backups in a directory that is its owner's alone. Nothing in it may be a link. */
export class DirectoryStore implements ObjectStore {
  readonly name: string;
  readonly #root: string;

  private constructor(root: string) {
    this.name = root;
    this.#root = root;
  }

  /**
   * Opens the directory, and makes it (mode 0700) where there is none.
   * @throws {SnapdeckError} `store-unavailable` when it is a link, another user's, open to others, or no place for backups.
   */
  static async open(directory: string): Promise<DirectoryStore> {
    try {
      return new DirectoryStore(await openRoot(directory));
    } catch (thrown) {
      throw storeFailure(directory, "opening it", thrown);
    }
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#doing("measuring its free space", async () => {
      const facts = await statfs(this.#root);
      return { freeBytes: facts.bavail * facts.bsize, totalBytes: facts.blocks * facts.bsize };
    });
  }

  folders(prefix?: string): Promise<string[]> {
    return this.#doing(`listing ${prefix ?? "its folders"}`, async () => {
      const parts = prefix === undefined ? [] : partsOf(prefix);
      if (!(await isFolder(this.#root, parts))) return [];
      const entries = await readdir(placeOf(this.#root, parts), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    });
  }

  async *files(prefix: string): AsyncGenerator<StoredFile> {
    try {
      const parts = partsOf(prefix);
      if (!(await isFolder(this.#root, parts))) return;
      for await (const folder of walk(placeOf(this.#root, parts), parts)) {
        for (const file of folder.files) yield { path: file.parts.join("/"), sizeBytes: file.sizeBytes };
      }
    } catch (thrown) {
      throw storeFailure(this.name, `listing ${prefix}`, thrown);
    }
  }

  read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.#doing(`reading ${path}`, async () => {
      const parts = partsOf(path);
      if (!(await isFolder(this.#root, parts.slice(0, -1)))) return undefined;
      // Without O_NONBLOCK a named pipe in the place of a file would be waited for without end.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const handle = await open(placeOf(this.#root, parts), flags).catch((thrown: unknown) => {
        if (errnoOf(thrown) === "ENOENT") return undefined;
        throw thrown;
      });
      if (handle === undefined) return undefined;
      try {
        const facts = await handle.stat();
        if (!facts.isFile()) throw new SnapdeckError("store-unavailable", `${path} in the store is not a file`);
        if (facts.size > maxBytes) {
          throw new SnapdeckError(
            "backup-unusable",
            `${path} has ${facts.size} bytes, more than the ${maxBytes} allowed`,
          );
        }
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    });
  }

  async digest(
    path: string,
    kind: DigestKind,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<{ sizeBytes: number; digest: string } | undefined> {
    const parts = partsOf(path);
    const answer = await digestThreads.digest({ root: this.#root, parts, kind }, signal, onBytes);
    switch (answer.type) {
      case "done":
        return { sizeBytes: answer.sizeBytes, digest: answer.digest };
      case "absent":
        return undefined;
      case "refused":
        throw refused(answer.place);
      case "failed": {
        const failure = Object.assign(new Error(answer.message), { code: answer.code });
        throw storeFailure(this.name, `reading ${path}`, failure);
      }
    }
  }

  publish(path: string, contents: Uint8Array): Promise<void> {
    return this.#doing(`writing ${path}`, async () => {
      const parts = partsOf(path);
      const folderParts = parts.slice(0, -1);
      await makeFolders(this.#root, folderParts);
      const place = placeOf(this.#root, parts);
      const aside = asidePlace(placeOf(this.#root, folderParts), parts.at(-1) ?? "");
      try {
        await writeAside(aside, (handle) => handle.writeFile(contents));
        await failpoint("publish.afterTmpWritten");
        // A link, unlike a rename, never replaces what is there.
        await link(aside, place);
        await failpoint("publish.afterLink");
      } catch (thrown) {
        if (errnoOf(thrown) !== "EEXIST") throw thrown;
        throw new SnapdeckError("store-unavailable", `${path} is in the store already and is never replaced`, {
          cause: thrown,
        });
      } finally {
        await unlink(aside).catch(passMissing);
      }
      await syncPlace(placeOf(this.#root, folderParts));
    });
  }

  async replace(path: string, contents: Uint8Array, expectedSha256: string): Promise<void> {
    const standing = await this.read(path, MAX_REPLACED_BYTES);
    refuseOther(path, standing, expectedSha256);
    return this.#doing(`replacing ${path}`, () => replaceFile(this.#root, partsOf(path), contents));
  }

  compose(path: string, sizeBytes: number, from: readonly string[]): Promise<void> {
    return this.#doing(`putting ${path} together`, () => composeFile(this.#root, path, sizeBytes, from));
  }

  sweep(prefix: string, named = ""): Promise<void> {
    return this.#doing(`sweeping ${prefix}`, async () => {
      const parts = partsOf(prefix);
      if (!(await isFolder(this.#root, parts))) return;
      const place = placeOf(this.#root, parts);
      const left = (await readdir(place)).filter((name) => ASIDE.test(name) && name.includes(named));
      for (const name of left) await unlink(join(place, name)).catch(passMissing);
      if (left.length > 0) await syncPlace(place);
    });
  }

  sync(prefix: string, onMoved: () => void = () => undefined): Promise<void> {
    return this.#doing(`making ${prefix} durable`, async () => {
      const parts = partsOf(prefix);
      if (!(await isFolder(this.#root, parts))) {
        throw new SnapdeckError("store-unavailable", `there is no folder ${prefix} in the store to make durable`);
      }
      const folders: string[] = [];
      const files: string[] = [];
      for await (const folder of walk(placeOf(this.#root, parts), parts)) {
        folders.push(folder.place);
        files.push(...folder.files.map((file) => file.place));
      }
      await syncPlaces(files, onMoved);
      // Entries before the folders that name them, so that what is reachable after a loss of power is whole.
      for (const folder of folders.reverse()) {
        await syncPlace(folder);
        onMoved();
      }
      for (const folder of foldersUpTo(this.#root, parts.slice(0, -1))) await syncPlace(folder);
    });
  }

  remove(path: string): Promise<void> {
    return this.#doing(`removing ${path}`, async () => {
      const parts = partsOf(path);
      const folderParts = parts.slice(0, -1);
      if (!(await isFolder(this.#root, folderParts))) return;
      await unlink(placeOf(this.#root, parts)).catch(passMissing);
      await syncPlace(placeOf(this.#root, folderParts));
    });
  }

  removeAll(prefix: string, onMoved: () => void = () => undefined): Promise<number> {
    return this.#doing(`removing ${prefix}`, async () => {
      const parts = partsOf(prefix);
      if (!(await isFolder(this.#root, parts))) return 0;
      const removed = await removeFolder(placeOf(this.#root, parts), onMoved);
      await syncPlace(placeOf(this.#root, parts.slice(0, -1)));
      return removed;
    });
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw storeFailure(this.name, what, thrown);
    }
  }
}

/** Removes a folder and answers how many files it held. A link in it is removed and not followed. */
async function removeFolder(place: string, onMoved: () => void): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const inside = join(place, entry.name);
    if (entry.isDirectory()) {
      removed += await removeFolder(inside, onMoved);
    } else {
      await unlink(inside).catch(passMissing);
      removed += 1;
      onMoved();
      await failpoint("delete.midRemoval");
    }
  }
  await rmdir(place).catch(passMissing);
  return removed;
}

function passMissing(thrown: unknown): void {
  if (errnoOf(thrown) !== "ENOENT") throw thrown;
}
