import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import { type BackupView, viewOf } from "@snapdeck/core/snapshots/backup-view";
import { ownBytes, ownPath } from "@snapdeck/core/snapshots/engine-metadata";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import { keptBy } from "@snapdeck/core/snapshots/locate-part";

/** A snapshot and all that it builds on, as they were found to be whole. */
export type CheckedChain = {
  /** Itself first, the full one last. */
  readonly chain: readonly [SnapshotInfo, ...SnapshotInfo[]];
  /** With the contents of all of them. */
  readonly view: BackupView;
};

/**
 * Looks, at level L1, whether a snapshot and all that it builds on are there: every `.mdb` and `.backup` is the one that the info names,
 * each builds on just the one before it, and every file has its size.
 * @throws {SnapdeckError} `backup-unusable` naming what is not as it should be, `snapshot-not-found`
 */
export async function checkChain(
  { store, backup }: BackupPlace,
  info: DatabaseBackupInfo,
  id: SnapshotId,
  moved: () => void = () => undefined,
): Promise<CheckedChain> {
  const chain = chainOf(info.snapshots, id);
  const view = await store.view(
    info,
    chain.map((each) => each.id),
  );
  for (const [at, snapshot] of chain.entries()) {
    const base = chain[at + 1];
    if (base !== undefined) refuseOtherBase(view, snapshot, base);
    const expected = expectedFiles(view, [snapshot, ...chain.slice(at + 1)]);
    for await (const { path, sizeBytes } of store.files.files(`${backup}/${snapshot.id}`)) {
      moved();
      const relative = path.slice(backup.length + 1);
      const size = expected.get(relative);
      expected.delete(relative);
      if (size !== undefined && size !== sizeBytes) throw broken(relative, `has ${sizeBytes} of ${size} bytes`);
    }
    const [missing] = expected.keys();
    if (missing !== undefined) throw broken(missing, "is missing");
  }
  return { chain, view };
}

/** Files that must stand in a snapshot's folder, relative to the backup's: by its own list of files, and by the engine's. */
function expectedFiles(view: BackupView, chain: [SnapshotInfo, ...SnapshotInfo[]]): Map<string, number> {
  const [{ id }] = chain;
  const { files, folders } = viewOf(view, id);
  const expected = keptBy(chain, files);
  for (const [folder, { metadata }] of folders) {
    for (const entry of metadata.files) {
      if (ownBytes(entry) > 0) expected.set(`${id}/${folder}/${ownPath(entry)}`, ownBytes(entry));
    }
  }
  return expected;
}

/** The engine tells bases apart by their uuid alone: one that another backup was put in the place of is found here. */
function refuseOtherBase(view: BackupView, { id }: SnapshotInfo, base: SnapshotInfo): void {
  for (const [folder, { metadata }] of viewOf(view, id).folders) {
    if (metadata.base === undefined) continue;
    const uuid = viewOf(view, base.id).folders.get(folder)?.metadata.uuid;
    if (uuid !== metadata.base.uuid)
      throw broken(`${base.id}/${folder}/.backup`, `is not the one that snapshot ${id} builds on`);
  }
}

function broken(path: string, what: string): SnapdeckError {
  return new SnapdeckError(
    "backup-unusable",
    `${path} ${what}, so nothing can build on it; no snapshot was taken, and nothing was changed`,
    {
      hint: "VERIFY BACKUP tells what is left. Take a copy of the store that is whole, or begin anew: CREATE BACKUP with RECREATE.",
    },
  );
}
