import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import type { FileStamp, SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";

/** What `<backup>.mdb` holds: the objects of each snapshot. */
export type DefinitionsOfSnapshot = {
  readonly snapshotId: SnapshotId;
  readonly definitions: readonly ObjectDefinition[];
};

/** What a plan writes as `ki_backup_info.json`; whoever writes it signs it. */
export type UnsignedInfo = Omit<DatabaseBackupInfo, "signature">;

/**
 * One change of a backup's folder. After each, every snapshot that the published info lists restores to exactly what it held; each can be
 * done twice. Paths are relative to the backup's folder.
 */
export type PlanStep =
  /** Makes a file of the bytes of others, in order, atomically; nothing to do when it is there. A single one is linked. */
  | { readonly step: "compose"; readonly path: string; readonly sizeBytes: number; readonly from: readonly string[] }
  /** Makes what was put into a snapshot's folder durable, before anything speaks of it. */
  | { readonly step: "sync"; readonly id: SnapshotId }
  /** Writes the engine's `.backup` of a folder: a new one, or in the place of exactly what it replaces. */
  | {
      readonly step: "write-metadata";
      readonly path: string;
      readonly text: string;
      readonly replaces: FileStamp | undefined;
    }
  /** Makes what stands in a new snapshot's folder durable, and its `.mdb`, which is never written again. */
  | {
      readonly step: "write-content";
      readonly id: SnapshotId;
      readonly files: readonly SnapshotFile[];
      readonly stamp: FileStamp;
    }
  /** Proves a new snapshot at the level that its info claims; goes on only when it passed. */
  | { readonly step: "prove"; readonly id: SnapshotId }
  | {
      readonly step: "write-definitions";
      readonly definitions: readonly DefinitionsOfSnapshot[];
      readonly stamp: FileStamp;
      readonly replaces: FileStamp | undefined;
    }
  /** Publishes `ki_backup_info.json`, in the place of exactly the one before it. */
  | { readonly step: "publish-info"; readonly info: UnsignedInfo }
  /** Removes a snapshot's folder: its `.mdb` first. */
  | { readonly step: "remove-snapshot"; readonly id: number }
  | { readonly step: "remove-file"; readonly path: string }
  /** Removes `ki_backup_info.json`, with which the backup is gone. */
  | { readonly step: "remove-info" }
  | { readonly step: "remove-definitions" };

/** Says what a file will be once it is written. Equal contents give equal stamps. */
export interface Stamper {
  text(text: string): FileStamp;
  content(files: readonly SnapshotFile[]): Promise<FileStamp>;
  definitions(definitions: readonly DefinitionsOfSnapshot[]): Promise<FileStamp>;
}
