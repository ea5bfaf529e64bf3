import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { errnoOf } from "./store-failure.ts";

/** Entries that are looked at in one go; enough to keep a disk busy, few enough to hold no more than a page of descriptors. */
const BATCH = 64;

export type WalkedFile = { readonly place: string; readonly parts: readonly string[]; readonly sizeBytes: number };

/**
 * Whether `parts` name a folder below `root`, every component of which is a real folder: a link could lead out of the store.
 * @throws {SnapdeckError} `store-unavailable` when a component is a link or no folder.
 */
export async function isFolder(root: string, parts: readonly string[]): Promise<boolean> {
  let place = root;
  for (const part of parts) {
    place = join(place, part);
    try {
      const facts = await lstat(place);
      if (!facts.isDirectory()) throw refused(place);
    } catch (thrown) {
      if (errnoOf(thrown) === "ENOENT") return false;
      throw thrown;
    }
  }
  return true;
}

/** Every folder from `place` downwards, parents before children, each with the files right in it. */
export async function* walk(
  place: string,
  parts: readonly string[],
): AsyncGenerator<{ place: string; files: WalkedFile[] }> {
  const entries = await readdir(place, { withFileTypes: true });
  const files: WalkedFile[] = [];
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH).filter((entry) => !entry.isDirectory());
    const measured = await Promise.all(
      batch.map(async (entry) => {
        const file = join(place, entry.name);
        const facts = await lstat(file);
        if (!facts.isFile()) throw refused(file);
        return { place: file, parts: [...parts, entry.name], sizeBytes: facts.size };
      }),
    );
    files.push(...measured);
  }
  yield { place, files };
  for (const entry of entries) {
    if (entry.isDirectory()) yield* walk(join(place, entry.name), [...parts, entry.name]);
  }
}

/** What a user reads when a link or a special file stands where a store has files and folders. */
export function refused(place: string): SnapdeckError {
  return new SnapdeckError("store-unavailable", `${place} is a link or a special file, which a store must not hold`, {
    hint: "Find out who put it there, and remove it.",
  });
}
