import type { ManifestFile } from "@snapdeck/contract/manifest";
import type { ProofFault } from "@snapdeck/contract/proof";
import type { StoredFile } from "@snapdeck/core/ports/object-store";

/** What keeps a backup's files from being what was listed of them. */
export type StoreFault = Pick<ProofFault, "fault" | "detail"> & { readonly path: string };

/**
 * Compares the files that should be below `folder` with those that are. A file that should be empty may be absent: the engine
 * makes none for those it knows by their name alone.
 */
export function faultsInStore(
  folder: string,
  expected: readonly Pick<ManifestFile, "path" | "sizeBytes">[],
  stored: readonly StoredFile[],
): StoreFault[] {
  const sizes = new Map(stored.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const faults: StoreFault[] = [];
  for (const { path, sizeBytes } of expected) {
    const full = `${folder}/${path}`;
    const actual = sizes.get(full);
    sizes.delete(full);
    if (actual === sizeBytes || (actual === undefined && sizeBytes === 0)) continue;
    if (actual === undefined) faults.push({ path, fault: "missing", detail: "is missing" });
    else faults.push({ path, fault: "size", detail: `has ${actual} of ${sizeBytes} bytes` });
  }
  for (const path of sizes.keys()) {
    faults.push({ path: path.slice(folder.length + 1), fault: "extra", detail: "should not be there" });
  }
  return faults;
}

/** Says how many faults there are, and names the first. */
export function describeFaults([first, ...others]: readonly StoreFault[]): string {
  if (first === undefined) return "no file is at fault";
  const one = `${first.path} ${first.detail}`;
  return others.length === 0 ? one : `${one}, and ${others.length} more files are at fault`;
}
