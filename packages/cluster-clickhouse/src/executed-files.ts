import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofFault } from "@snapdeck/contract/proof";

/**
 * Whether a file of a rank's folder is one that RESTORE executes or is led by: the definitions, and the engine's own list of files.
 * Whoever writes to those can have anything done, so they are looked at before the engine is, and no fault in them is ever accepted.
 */
export function isExecuted(path: string): boolean {
  return path === ".backup" || path.startsWith("metadata/");
}

/** Whether one of `faults` is in such a file. */
export function touchesExecuted(manifest: Pick<Manifest, "ranks">, faults: readonly ProofFault[]): boolean {
  return faults.some(({ subject }) =>
    manifest.ranks.some(
      ({ folder }) => subject.startsWith(`${folder}/`) && isExecuted(subject.slice(folder.length + 1)),
    ),
  );
}
