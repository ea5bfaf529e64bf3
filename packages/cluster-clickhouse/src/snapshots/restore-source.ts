import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineFolder, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import type { BackupView } from "@snapdeck/core/snapshots/backup-view";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import { locatePart } from "@snapdeck/core/snapshots/locate-part";
import { baseDestination } from "./engine-destination.ts";
import { folderOnStore, snapshotFolder } from "./snapshot-paths.ts";

export type RestoreSource = {
  readonly info: DatabaseBackupInfo;
  readonly snapshot: SnapshotInfo;
  readonly definitions: readonly ObjectDefinition[];
};

/** What is restored from, as far as it can be told without a look at its files. @throws {SnapdeckError} `backup-not-found`, `snapshot-not-found`, `backup-unusable` */
export async function readSource({ store, backup, snapshotId }: SnapshotRestoreRequest): Promise<RestoreSource> {
  const read = await store.read(backup);
  if (read === undefined) {
    throw new SnapdeckError("backup-not-found", `${store.files.name} holds no backup ${backup}; nothing was restored`, {
      hint: "SHOW BACKUP * shows those that there are.",
    });
  }
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

/** The files of a snapshot, and which file of the store holds the bytes of each. */
export type RestoreFiles = {
  readonly files: readonly SnapshotFile[];
  /** Relative to the store's root. */
  readonly pathsOf: (file: SnapshotFile) => { path: string; sizeBytes: number }[];
  /** The engine's word for the base of a folder, where it is not where it was when the snapshot was taken. */
  readonly movedBaseOf: (folder: EngineFolder) => string | undefined;
};

/**
 * L1 of the snapshot and of all that it builds on: every account is the one that the info names, and every file is there with its size.
 * @throws {SnapdeckError} `backup-unusable`, `not-supported` for a store that was moved under a chain that the engine cannot follow
 */
export async function lookAtFiles(
  { store, backup }: SnapshotRestoreRequest,
  { info, snapshot }: RestoreSource,
): Promise<RestoreFiles> {
  const chain = chainOf(info.snapshots, snapshot.id);
  const view = await store.view(
    info,
    chain.map(({ id }) => id),
  );
  const files = view.snapshots.get(snapshot.id)?.files ?? [];
  const standing = new Map<string, number>();
  for (const { id } of chain) {
    for await (const { path, sizeBytes } of store.files.files(snapshotFolder(backup, id))) standing.set(path, sizeBytes);
  }
  const pathsOf = (file: SnapshotFile) =>
    file.parts.map((part) => ({
      path: `${backup}/${locatePart(chain, file.folder, part).path}`,
      sizeBytes: part.sizeBytes,
    }));
  for (const { path, sizeBytes } of files.flatMap(pathsOf)) {
    const found = standing.get(path);
    if (found !== sizeBytes) throw damaged(path, found === undefined ? "is missing" : `has ${found} of ${sizeBytes} bytes`);
  }
  const isMoved = (each: SnapshotInfo, folder: EngineFolder) => isBaseMoved({ store, backup }, view, each, folder);
  for (const each of chain.slice(1)) {
    if (each.folders.some(({ path }) => isMoved(each, path))) throw tooDeep(backup);
  }
  return {
    files,
    pathsOf,
    movedBaseOf: (folder) =>
      snapshot.baseId !== undefined && isMoved(snapshot, folder)
        ? baseDestination(store.engine, folderOnStore(backup, snapshot.baseId, folder))
        : undefined,
  };
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

function damaged(path: string, what: string): SnapdeckError {
  return new SnapdeckError("backup-unusable", `${path} ${what}; nothing was restored, and nothing that exists was touched`, {
    hint: "Restore an older snapshot, and find out who touched the store.",
  });
}

function tooDeep(backup: string): SnapdeckError {
  return new SnapdeckError(
    "not-supported",
    `backup ${backup} was moved since it was taken, and the engine follows only one snapshot to another place; nothing was restored`,
    { hint: "ALTER BACKUP ... MERGE makes one full snapshot of them where they are now, which can be restored." },
  );
}
