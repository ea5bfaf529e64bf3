import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { FilePart, SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";

type Holder = Pick<SnapshotInfo, "id" | "absorbed">;

/** The name, inside an engine folder, of bytes that a removed snapshot brought. Their origin stays in it however often they move on. */
export function foldedName(origin: number, name: string): string {
  return name.startsWith(FOLDED) ? name : `${FOLDED}${origin}/${name}`;
}

const FOLDED = "folded/";

/**
 * Where the bytes of a part stand, relative to the backup's folder: with the snapshot that brought them, or with the one of `chain` that
 * absorbed it. `chain` is the snapshot whose part it is and all that it builds on.
 * @throws {SnapdeckError} `backup-unusable` when nobody on the chain holds them
 */
export function locatePart(
  chain: readonly Holder[],
  folder: string,
  { snapshotId, name }: Pick<FilePart, "snapshotId" | "name">,
): { readonly holderId: SnapshotId; readonly path: string } {
  for (const holder of chain) {
    if (holder.id === snapshotId) return { holderId: holder.id, path: `${holder.id}/${folder}/${name}` };
    if (holder.absorbed?.includes(snapshotId)) {
      return { holderId: holder.id, path: `${holder.id}/${folder}/${foldedName(snapshotId, name)}` };
    }
  }
  throw new SnapdeckError(
    "backup-unusable",
    `${folder}/${name} needs bytes of snapshot ${snapshotId}, which nobody holds`,
    {
      hint: "Restore another snapshot, and find out who touched the store.",
    },
  );
}

/** The files that a snapshot keeps in its own folder, each path once, with its size. */
export function keptBy(chain: readonly [Holder, ...Holder[]], files: readonly SnapshotFile[]): Map<string, number> {
  const [own] = chain;
  const kept = new Map<string, number>();
  for (const { folder, parts } of files) {
    for (const part of parts) {
      const { holderId, path } = locatePart(chain, folder, part);
      if (holderId === own.id) kept.set(path, part.sizeBytes);
    }
  }
  return kept;
}
