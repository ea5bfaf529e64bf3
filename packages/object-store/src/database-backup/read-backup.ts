import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ChangingFile, FileStamp, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { ListedDatabaseBackup } from "@snapdeck/core/ports/database-backup-store";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { type BackupView, type FolderView, type SnapshotView, whichStands } from "@snapdeck/core/snapshots/backup-view";
import type { EngineMetadata } from "@snapdeck/core/snapshots/engine-metadata";
import { decodeContent, decodeDefinitions, MAX_MDB_BYTES } from "./backup-files.ts";
import { contentPath, definitionsPath, metadataPath } from "./backup-paths.ts";
import { stampOf } from "./file-stamp.ts";
import { readInfo, type Sealer } from "./info-file.ts";

/**
 * Every database backup of a store, by name; one that cannot be read is there with the reason. Folders without an info are none.
 * @throws {SnapdeckError} `store-unavailable`: complete, or it throws
 */
export async function listBackups(store: ObjectStore, sealer: Sealer): Promise<ListedDatabaseBackup[]> {
  const listed: ListedDatabaseBackup[] = [];
  for (const folder of (await store.folders()).sort()) {
    const { success, data: name } = DatabaseBackupName.safeParse(folder);
    if (!success) continue;
    try {
      const read = await readInfo(store, sealer, name);
      if (read !== undefined) listed.push({ name, ...read });
    } catch (thrown) {
      if (!(thrown instanceof SnapdeckError) || thrown.code !== "backup-unusable") throw thrown;
      listed.push({ name, problem: thrown });
    }
  }
  return listed;
}

/** The objects of each snapshot. @throws {SnapdeckError} `backup-unusable` when the file is not the one that the info speaks of */
export async function readDefinitions(
  store: ObjectStore,
  { name, definitions }: DatabaseBackupInfo,
): Promise<{ readonly bySnapshot: ReadonlyMap<number, readonly ObjectDefinition[]>; readonly standing: FileStamp }> {
  const path = definitionsPath(name);
  const bytes = await present(store, path, MAX_MDB_BYTES);
  const standing = stampOf(bytes);
  whichStands(path, definitions, standing);
  return { bySnapshot: decodeDefinitions(bytes, path), standing };
}

/** The files of one snapshot. @throws {SnapdeckError} `backup-unusable` when the file is not the one that the info speaks of */
export async function readContent(
  store: ObjectStore,
  name: DatabaseBackupName,
  { id, content }: SnapshotInfo,
): Promise<SnapshotFile[]> {
  const path = contentPath(name, id);
  const bytes = await present(store, path, MAX_MDB_BYTES);
  whichStands(path, { now: content }, stampOf(bytes));
  return decodeContent(bytes, path);
}

/** Reads the engine's `.backup`; throws an Error that says what is wrong with it. */
export type MetadataReader = {
  readonly maxBytes: number;
  parse(contents: Uint8Array): EngineMetadata;
};

/**
 * A backup as it stands, with the contents of the snapshots `ids`: what a plan is computed from.
 * @throws {SnapdeckError} `backup-unusable` when anything is not what the info speaks of, `store-unavailable`
 */
export async function readBackupView(
  store: ObjectStore,
  info: DatabaseBackupInfo,
  ids: readonly number[],
  reader: MetadataReader,
): Promise<BackupView> {
  const { standing } = await readDefinitions(store, info);
  const snapshots = new Map<number, SnapshotView>();
  for (const snapshot of info.snapshots) {
    if (!ids.includes(snapshot.id)) continue;
    const folders = new Map<string, FolderView>();
    for (const { path, metadata } of snapshot.folders) {
      folders.set(path, await readMetadata(store, metadataPath(info.name, snapshot.id, path), reader, metadata));
    }
    snapshots.set(snapshot.id, { files: await readContent(store, info.name, snapshot), folders });
  }
  return { info, definitions: standing, folders: await store.folders(info.name), snapshots };
}

/**
 * The engine's `.backup` at `path`, and what it is.
 * @param expected what the info says that it must be, which is compared before anything of it is opened
 * @throws {SnapdeckError} `backup-unusable` when there is none, it is another one, or it is not one
 */
export async function readMetadata(
  store: ObjectStore,
  path: string,
  { maxBytes, parse }: MetadataReader,
  expected?: ChangingFile,
): Promise<FolderView> {
  const bytes = await present(store, path, maxBytes);
  const standing = stampOf(bytes);
  if (expected !== undefined) whichStands(path, expected, standing);
  try {
    return { metadata: parse(bytes), standing };
  } catch (cause) {
    throw new SnapdeckError("backup-unusable", `${path} cannot be read as the engine's metadata`, {
      hint: "Find out who touched the store.",
      cause,
    });
  }
}

async function present(store: ObjectStore, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await store.read(path, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new SnapdeckError("backup-unusable", `${path} is not in the store`, {
    hint: "Find out who touched the store.",
  });
}
