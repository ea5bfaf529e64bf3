import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** Contents on the disk, and the names that lead to them: what is linked twice is there once. */
type Stored = { readonly sizeBytes: number; readonly names: readonly string[] };

/** By number and times of the inode: a number that was given free and taken again, and a file that was written to, are other contents. */
export type StoredFiles = ReadonlyMap<string, Stored>;

export async function storedBelow(directory: string): Promise<StoredFiles> {
  const found = new Map<string, { readonly sizeBytes: number; readonly names: string[] }>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const place = join(entry.parentPath, entry.name);
    const { ino, size, birthtimeNs, mtimeNs } = await lstat(place, { bigint: true });
    const key = `${ino}/${birthtimeNs}/${mtimeNs}`;
    const stored = found.get(key) ?? { sizeBytes: Number(size), names: [] };
    stored.names.push(place);
    found.set(key, stored);
  }
  return found;
}

/** The engine's account of its files, our lists of them, and the info. */
function isAccount(place: string): boolean {
  const name = basename(place);
  return name === ".backup" || name.endsWith(".mdb") || name === "ki_backup_info.json";
}

/** What was written between two looks: data, and accounts of it. `linked`: names that were put on data that was there. */
export type Written = { readonly dataBytes: number; readonly accountBytes: number; readonly linked: number };

export function writtenBetween(before: StoredFiles, after: StoredFiles): Written {
  const written = { dataBytes: 0, accountBytes: 0, linked: 0 };
  for (const [key, { sizeBytes, names }] of after) {
    const known = before.get(key);
    if (known !== undefined) written.linked += names.filter((name) => !known.names.includes(name)).length;
    else if (names.some(isAccount)) written.accountBytes += sizeBytes;
    else written.dataBytes += sizeBytes;
  }
  return written;
}
