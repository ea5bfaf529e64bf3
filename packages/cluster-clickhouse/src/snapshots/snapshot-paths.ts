import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { EngineFolder } from "@snapdeck/contract/snapshot-file";
import { operationId, operationPrefix } from "../paths.ts";
import { STAGING_PREFIX } from "../sql.ts";

/**
 * Where one rank's rows stand in a snapshot. parts: tables of the MergeTree family, whose files never change, so that equal bytes are kept
 * once and taken from the base; log: every other table, and views, in full in each snapshot.
 */
export type FolderRole = "parts" | "log";
export const FOLDER_ROLES: readonly FolderRole[] = ["parts", "log"];

/** `rank-0/tom-0/parts`: relative to the snapshot's folder. A rank of ClickHouse has one tom. */
export function engineFolder(rank: number, role: FolderRole): EngineFolder {
  return EngineFolder.parse(`rank-${rank}/tom-0/${role}`);
}

/** The rank and role of an engine folder; undefined for one that another kind of cluster wrote. */
export function roleOf(folder: EngineFolder): { readonly rank: number; readonly role: FolderRole } | undefined {
  const found = /^rank-(\d+)\/tom-0\/(parts|log)$/.exec(folder);
  const role = FOLDER_ROLES.find((each) => each === found?.[2]);
  return role === undefined ? undefined : { rank: Number(found?.[1]), role };
}

/** Relative to the store's root. */
export function snapshotFolder(backup: DatabaseBackupName, id: number): string {
  return `${backup}/${id}`;
}

/** An engine folder relative to the store's root. */
export function folderOnStore(backup: DatabaseBackupName, id: number, folder: EngineFolder): string {
  return `${snapshotFolder(backup, id)}/${folder}`;
}

/** The engine's name of one operation: `step` tells those of one rank and attempt apart. */
export function snapshotOperationId(jobId: string, attempt: number, rank: number, step: string): string {
  return operationId(jobId, attempt, rank, step);
}

/** All operations of a job begin with it. */
export function snapshotOperationPrefix(jobId: string): string {
  return operationPrefix(jobId);
}

/** The snapshot's id in a destination such as `File('/backups/orders/1654321012345/rank-0/tom-0/parts')`. */
export function snapshotIdIn(destination: string): number | undefined {
  const found = /\/([1-9]\d{0,14})\/rank-\d+\/tom-0\/(?:parts|log)'/.exec(destination)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** All staging databases of a job begin with it. */
export function stagingPrefix(jobId: string): string {
  return `${STAGING_PREFIX}${jobId.replaceAll("-", "")}_`;
}

/** Names one of a job's staging databases. */
export function stagingDatabase(jobId: string, number: number): string {
  return `${stagingPrefix(jobId)}${number}`;
}
