import { z } from "zod";
import { ProblemCode } from "./problem.ts";
import { BackupId, Bytes, ClusterId, Count, JobId, Moment, RankNumber } from "./scalars.ts";

/**
 * `running → suspending → suspended → resuming → running`; `restoring` is entered from suspended only; `unreachable` when the
 * last answer is older than a deadline.
 */
export const ClusterState = z.enum(["running", "suspending", "suspended", "resuming", "restoring", "unreachable"]);
export type ClusterState = z.infer<typeof ClusterState>;

/** One engine process of the cluster. `lost` ended by itself; `detail` says how. */
export const Rank = z.object({
  rank: RankNumber,
  state: z.enum(["starting", "up", "draining", "stopping", "down", "lost", "unknown"]),
  /** Where it listens or runs, as an operator would look for it: host and process id. */
  place: z.string(),
  since: Moment.optional(),
  detail: z.string().optional(),
  diskFreeBytes: Bytes.optional(),
  diskTotalBytes: Bytes.optional(),
});
export type Rank = z.infer<typeof Rank>;

/** How clusters differ, as data: pages and rules branch on these and never on the engine's name. */
export const ClusterTraits = z.object({
  /** The compute can be stopped and started by Snapdeck. */
  suspends: z.boolean(),
  /** A System Backup can be taken while the cluster is suspended too. */
  backsUpSuspended: z.boolean(),
  /** Progress is told in bytes; otherwise only in counted items. */
  reportsBytes: z.boolean(),
  /** Running work can be stopped. */
  cancels: z.boolean(),
  /** Understands backup SQL itself. */
  speaksBackupSql: z.boolean(),
  /** Database backups (SQL) can be taken of its objects, and restored. */
  takesDatabaseBackups: z.boolean(),
  /** Example data can be generated on it. */
  loadsExampleData: z.boolean(),
});
export type ClusterTraits = z.infer<typeof ClusterTraits>;

/** What a person can ask of a cluster. */
export const ACTIONS = [
  "backUp",
  "suspend",
  "resume",
  "restore",
  "undoRestore",
  "keepRestored",
  "deleteBackup",
  "verifyBackup",
  "checkStore",
  "databaseBackup",
  "cancelJob",
  "loadExampleData",
] as const;
export const Action = z.enum(ACTIONS);
export type Action = z.infer<typeof Action>;

/** Whether an action can be done now by who asks; where not, why, and which action would clear the way. */
export const Availability = z.discriminatedUnion("allowed", [
  z.object({ allowed: z.literal(true) }),
  z.object({
    allowed: z.literal(false),
    code: ProblemCode,
    /** A short sentence for a tooltip: "Suspend the cluster first". */
    reason: z.string(),
    /** The action that clears the way, if one does. */
    wayOut: Action.optional(),
    /** The job that stands in the way, if one does. */
    jobId: JobId.optional(),
  }),
]);
export type Availability = z.infer<typeof Availability>;

/** What the cluster held before its last restore; it is still there, and the restore can be undone. */
export const PreviousData = z.object({
  /** The job of the restore that put it aside. */
  restoreId: JobId,
  /** The backup that was restored; absent when nobody remembers that job. */
  backupId: BackupId.optional(),
  swappedAt: Moment,
  /** When it is let go by itself, if the cluster was seen to run for an hour then; absent when only a person lets it go. */
  letGoAt: Moment.optional(),
});
export type PreviousData = z.infer<typeof PreviousData>;

/** A cluster as one signed-in user sees it: `actions` depends on the user's role. */
export const Cluster = z.object({
  id: ClusterId,
  name: z.string().min(1),
  engine: z.object({ name: z.string(), version: z.string() }),
  state: ClusterState,
  /** When this was last read from the cluster itself. */
  observedAt: Moment,
  /** Why it is in this state, where that needs words: what a transition waits for, why it cannot be reached. */
  detail: z.string().optional(),
  ranks: z.array(Rank),
  traits: ClusterTraits,
  /** Its sizes are absent where nobody knows of an end, as with a bucket. */
  store: z.object({ name: z.string(), freeBytes: Bytes.optional(), totalBytes: Bytes.optional() }).optional(),
  previousData: PreviousData.optional(),
  /** The newest backup that is listed, and how many are. */
  backups: z.object({
    count: Count,
    newest: z
      .object({
        id: BackupId,
        takenAt: Moment,
        provenAt: Moment,
        /** A later proof of it failed; absent for one that nothing speaks against. */
        suspect: z.literal(true).optional(),
      })
      .optional(),
  }),
  /** Jobs that are queued, running or canceling. */
  jobsUnderWay: Count,
  /** Jobs that failed or were interrupted and that nobody dismissed. */
  jobsFailed: Count,
  actions: z.record(Action, Availability),
});
export type Cluster = z.infer<typeof Cluster>;

export const Table = z.object({
  name: z.string(),
  engine: z.string(),
  /** Summed over all ranks; absent where the engine does not count: views, remote tables. */
  rows: Count.optional(),
  sizeBytes: Bytes,
});
export type Table = z.infer<typeof Table>;

export const Database = z.object({
  name: z.string(),
  tables: z.array(Table),
  rows: Count,
  sizeBytes: Bytes,
});
export type Database = z.infer<typeof Database>;

/** The user's databases. While the cluster is not running, what was there when it was last read (`live: false`). */
export const Inventory = z.object({
  observedAt: Moment,
  live: z.boolean(),
  databases: z.array(Database),
  rows: Count,
  sizeBytes: Bytes,
});
export type Inventory = z.infer<typeof Inventory>;

/**
 * Tells whether a table holds the same rows as before, whatever their order or parts: computed by a full scan of all columns on
 * all ranks. Equal contents give equal checksums; the converse holds but for hash collisions.
 */
export const TableChecksum = z.object({
  database: z.string(),
  table: z.string(),
  rows: Count,
  checksum: z.string(),
  tookMs: z.number().nonnegative(),
  observedAt: Moment,
});
export type TableChecksum = z.infer<typeof TableChecksum>;
