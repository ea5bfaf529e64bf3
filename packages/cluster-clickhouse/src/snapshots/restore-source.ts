import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineFolder, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { BackupPlace, SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import { type BackupView, viewOf } from "@snapdeck/core/snapshots/backup-view";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import type { ClusterParts } from "../cluster-parts.ts";
import { type CheckedChain, checkChain } from "./check-chain.ts";
import { baseDestination } from "./engine-destination.ts";
import { noSuchBackup } from "./no-such-backup.ts";
import { readSnapshotsBack } from "./read-snapshot-back.ts";
import { folderOnStore } from "./snapshot-paths.ts";

export type RestoreSource = {
  readonly info: DatabaseBackupInfo;
  readonly snapshot: SnapshotInfo;
  readonly definitions: readonly ObjectDefinition[];
};

/** What is restored from, as far as it can be told without a look at its files. @throws {SnapdeckError} `backup-not-found`, `snapshot-not-found`, `backup-unusable` */
export async function readSource({ store, backup, snapshotId }: SnapshotRestoreRequest): Promise<RestoreSource> {
  const read = await store.read(backup);
  if (read === undefined) throw noSuchBackup({ store, backup });
  if (!read.isSigned) {
    throw new SnapdeckError(
      "backup-unusable",
      `backup ${backup} is not signed by this console, so what it says of itself cannot be trusted: a restore would execute it; nothing was restored`,
      { hint: "Restore with the console that took the backup, or give this one its key." },
    );
  }
  const { info } = read;
  const newest = info.snapshots.at(-1);
  const [snapshot] = chainOf(info.snapshots, snapshotId ?? newest?.id ?? 0);
  const { bySnapshot } = await store.definitions(info);
  return { info, snapshot, definitions: bySnapshot.get(snapshot.id) ?? [] };
}

/** What is restored from, looked at. */
export type RestoreFiles = {
  readonly files: readonly SnapshotFile[];
  readonly checked: CheckedChain;
  /** The engine's word for the base of a folder, where it is not where it was when the snapshot was taken. */
  readonly movedBaseOf: (folder: EngineFolder) => string | undefined;
};

/**
 * L1 of the snapshot and of all that it builds on.
 * @throws {SnapdeckError} `backup-unusable`, `not-supported` for a store that was moved under a chain that the engine cannot follow
 */
export async function lookAtFiles(
  { store, backup }: SnapshotRestoreRequest,
  { info, snapshot }: RestoreSource,
): Promise<RestoreFiles> {
  const checked = await checkedChain({ store, backup }, info, snapshot);
  const { chain, view } = checked;
  const isMoved = (each: SnapshotInfo, folder: EngineFolder) => isBaseMoved({ store, backup }, view, each, folder);
  for (const each of chain.slice(1)) {
    if (each.folders.some(({ path }) => isMoved(each, path))) throw tooDeep(backup);
  }
  return {
    files: viewOf(view, snapshot.id).files,
    checked,
    movedBaseOf: (folder) =>
      snapshot.baseId !== undefined && isMoved(snapshot, folder)
        ? baseDestination(store.engine, folderOnStore(backup, snapshot.baseId, folder))
        : undefined,
  };
}

async function checkedChain(place: BackupPlace, info: DatabaseBackupInfo, { id }: SnapshotInfo): Promise<CheckedChain> {
  try {
    return await checkChain(place, info, id);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "backup-unusable") throw thrown;
    throw damaged(
      thrown.detail?.split(", so nothing can build on it")[0] ?? "a file of the backup is not what it was",
      thrown,
    );
  }
}

/**
 * L2: reads every byte that the snapshot consists of. Answers false when `signal` aborted before.
 * @throws {SnapdeckError} `backup-unusable` naming the first file that differs, `no-progress`, `store-unavailable`
 */
export async function* readBackChain(
  parts: Pick<ClusterParts, "settings">,
  { store, backup }: BackupPlace,
  { checked: { chain, view } }: RestoreFiles,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, boolean> {
  const snapshots = chain.map((snapshot, at) => ({
    ...viewOf(view, snapshot.id),
    backup,
    chain: [snapshot, ...chain.slice(at + 1)] as const,
  }));
  const faults = yield* readSnapshotsBack(parts, store.files, snapshots, signal);
  const [first] = faults ?? [];
  if (first !== undefined) throw damaged(`${first.subject} ${first.detail}`);
  return faults !== undefined;
}

function isBaseMoved(
  { store, backup }: Pick<SnapshotRestoreRequest, "store" | "backup">,
  view: BackupView,
  { id, baseId }: SnapshotInfo,
  folder: EngineFolder,
): boolean {
  const locator = view.snapshots.get(id)?.folders.get(folder)?.metadata.base?.locator;
  if (locator === undefined || baseId === undefined) return false;
  return placeIn(locator) !== placeIn(baseDestination(store.engine, folderOnStore(backup, baseId, folder)));
}

/** The path or URL of a destination; how the engine prints what stands behind it is its own matter. */
function placeIn(destination: string): string | undefined {
  return /^\s*\w+\(\s*'((?:[^'\\]|\\.)*)'/.exec(destination)?.[1];
}

function damaged(what: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError("backup-unusable", `${what}; nothing was restored, and nothing that exists was touched`, {
    hint: "VERIFY BACKUP tells which snapshots are whole: restore one of those, and find out who touched the store.",
    cause,
  });
}

function tooDeep(backup: string): SnapdeckError {
  return new SnapdeckError(
    "not-supported",
    `backup ${backup} was moved since it was taken, and the engine follows only one snapshot to another place; nothing was restored`,
    { hint: "ALTER BACKUP ... MERGE makes one full snapshot of them where they are now, which can be restored." },
  );
}
