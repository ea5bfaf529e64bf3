import { z } from "zod";
import { DatabaseObjectRef } from "./database-object.ts";
import { Proof } from "./proof.ts";
import { ClusterId, Count, JobId, Moment } from "./scalars.ts";
import { ChangingFile, FileStamp, KeptFiles, SnapshotFolder, SnapshotId } from "./snapshot-file.ts";
import { snapshotFaults } from "./snapshot-order.ts";
import { StorePath } from "./store-path.ts";

/**
 * Names a database backup, its folder on the store, and `<name>.mdb` in it: letters, digits, `_` and `-`, no hyphen first, 1 to 200
 * characters, so that every file system takes it, with what is put around it while a file is written.
 */
export const DatabaseBackupName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,199}$/)
  .brand<"DatabaseBackupName">();
export type DatabaseBackupName = z.infer<typeof DatabaseBackupName>;

/** What a snapshot builds on. full: nothing; incremental: the newest of any kind; differential: the newest full. */
export const SnapshotKind = z.enum(["full", "incremental", "differential"]);
export type SnapshotKind = z.infer<typeof SnapshotKind>;

/** What snapshots to come are taken with, where their own statement says nothing. */
export const DatabaseBackupOptions = z.object({
  /** Prove each snapshot at level L2. */
  checksum: z.boolean(),
  /** Take definitions only, and no rows. */
  ddlOnly: z.boolean(),
  /** How many incrementals are kept; the oldest go. Absent: all. */
  maxIncrementalBackupsToKeep: Count.optional(),
});
export type DatabaseBackupOptions = z.infer<typeof DatabaseBackupOptions>;

export const SnapshotInfo = z.object({
  id: SnapshotId,
  kind: SnapshotKind,
  /** The snapshot that it takes bytes from; absent for a full one. */
  baseId: SnapshotId.optional(),
  /** Removed snapshots whose bytes stand in this one's folders, below `folded/<id>`. */
  absorbed: z.array(SnapshotId).optional(),
  startedAt: Moment,
  durationMs: z.number().nonnegative(),
  clusterId: ClusterId,
  hostName: z.string(),
  hostAddress: z.string(),
  engine: z.object({ name: z.string(), version: z.string() }),
  requestedBy: z.string(),
  /** The job that took it, by which one that is taken up finds what was done already. */
  jobId: JobId,
  ddlOnly: z.boolean(),
  comment: z.string().max(10_000).optional(),
  /** What stands in its folder. */
  kept: KeptFiles,
  /** What it restores to; rows of the tables whose engine counts them. */
  rows: Count,
  proof: Proof,
  /** `<snapshot_id>.mdb`. */
  content: FileStamp,
  folders: z.array(SnapshotFolder),
});
export type SnapshotInfo = z.infer<typeof SnapshotInfo>;

/** Why a snapshot was removed. */
export const RemovalReason = z.enum(["purge", "cap", "intermediate", "merge", "recreate"]);
export type RemovalReason = z.infer<typeof RemovalReason>;

/** The most removed snapshots that are remembered; the oldest are forgotten. */
export const MAX_REMOVED_REMEMBERED = 10_000;

export const RemovedSnapshot = z.object({ id: SnapshotId, removedAt: Moment, because: RemovalReason });
export type RemovedSnapshot = z.infer<typeof RemovedSnapshot>;

/**
 * A removal that is under way. `folding`: those to go are listed still, and hand on what others need of them; `removing`: they are
 * listed no more, and their folders go.
 */
export const RemovalWork = z.object({
  step: z.enum(["folding", "removing"]),
  ids: z.array(SnapshotId).min(1),
  because: RemovalReason,
  /** Files of snapshots that stay, relative to the backup's folder, which the engine needs no more once the others went. */
  superseded: z.array(StorePath).optional(),
});
export type RemovalWork = z.infer<typeof RemovalWork>;

/**
 * `/<backup>/ki_backup_info.json`: written last, so its presence is what makes a database backup exist, and what it lists what
 * makes a snapshot one.
 */
export const DatabaseBackupInfo = z
  .object({
    format: z.literal("snapdeck-database-backup/1"),
    name: DatabaseBackupName,
    /** Grows with each time that this file is written. */
    revision: z.int().positive(),
    /** The statement that made it, without secrets. */
    ddl: z.string(),
    createdAt: Moment,
    createdBy: z.string(),
    objects: z.array(DatabaseObjectRef).min(1),
    options: DatabaseBackupOptions,
    /** `<backup>.mdb`. */
    definitions: ChangingFile,
    /** In the order in which they were taken. */
    snapshots: z.array(SnapshotInfo).min(1),
    removed: z.array(RemovedSnapshot).max(MAX_REMOVED_REMEMBERED),
    work: RemovalWork.optional(),
    /** Sealed SHA-256 of everything above, made with a key that is not in the store. */
    signature: z.string().optional(),
  })
  .superRefine((info, context) => {
    for (const message of snapshotFaults(info)) context.addIssue({ code: "custom", path: ["snapshots"], message });
  });
export type DatabaseBackupInfo = z.infer<typeof DatabaseBackupInfo>;
