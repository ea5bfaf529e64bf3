import { z } from "zod";
import { Problem } from "./problem.ts";
import { ProofLevel } from "./proof.ts";
import { BackupId, Bytes, ClusterId, Count, JobId, Moment, RankNumber, Sha256 } from "./scalars.ts";
import { SnapshotId } from "./snapshot-file.ts";

/** What a statement of the backup SQL does to database backups: CREATE and BACKUP take a snapshot, ALTER alters. */
export const DatabaseBackupDeed = z.enum(["take", "alter", "restore", "drop", "verify"]);
export type DatabaseBackupDeed = z.infer<typeof DatabaseBackupDeed>;

/** What a job does, and to what. */
export const JobWork = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("backup"), backupId: BackupId }),
  z.object({
    kind: z.literal("restore"),
    backupId: BackupId,
    /** Why an admin restores a suspect backup all the same, as typed; absent for one that nothing speaks against. */
    suspectReason: z.string().optional(),
  }),
  z.object({ kind: z.literal("delete-backup"), backupId: BackupId }),
  /** Proves a backup again. Touches the store and, for L3, a throw-away rank; never the cluster's data. */
  z.object({ kind: z.literal("verify-backup"), backupId: BackupId, level: ProofLevel.exclude(["L1"]) }),
  /** Brings back the data that a restore put aside; `restoreId` is that restore's job. */
  z.object({ kind: z.literal("undo-restore"), restoreId: JobId }),
  /** Lets the data go that a restore put aside: from then on it cannot be undone. */
  z.object({ kind: z.literal("keep-restored"), restoreId: JobId }),
  /** Proves the invariants on store and state; with `bytes`, reads every byte too. Repairs nothing. */
  z.object({ kind: z.literal("check-store"), bytes: z.boolean() }),
  /**
   * A statement of the backup SQL, which is the whole of the work: `sql` is its printed form, and holds no secret. `backup` is the
   * backup's name, or `prefix*` or `*` where the statement means several. `backups` are those that a drop of several means, chosen once:
   * what it began to remove is in no listing any more.
   */
  z.object({
    kind: z.literal("database-backup"),
    deed: DatabaseBackupDeed,
    backup: z.string(),
    sql: z.string(),
    backups: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal("suspend") }),
  z.object({ kind: z.literal("resume") }),
  z.object({ kind: z.literal("load-example-data") }),
]);
export type JobWork = z.infer<typeof JobWork>;
export type JobKind = JobWork["kind"];

export const JOB_KINDS: readonly JobKind[] = JobWork.options.map((option) => option.shape.kind.value);

/** The steps of each kind of job, in order, as a job's card shows them; a job may leave some out (L2 only reads). */
export const PHASES = {
  backup: ["preparing", "copying", "proving", "listing"],
  restore: ["preparing", "restoring", "comparing", "swapping"],
  "delete-backup": ["removing"],
  "verify-backup": ["reading", "restoring", "comparing"],
  "undo-restore": ["swapping"],
  "keep-restored": ["removing"],
  "check-store": ["checking"],
  "database-backup": [
    "preparing",
    "copying",
    "restoring",
    "comparing",
    "proving",
    "folding",
    "reading",
    "listing",
    "swapping",
    "removing",
  ],
  suspend: ["draining", "stopping"],
  resume: ["starting"],
  "load-example-data": ["generating"],
} as const satisfies Record<JobKind, readonly string[]>;

/** The steps of what a statement of the backup SQL does, of those above. */
export const DATABASE_BACKUP_PHASES = {
  take: ["preparing", "copying", "proving", "reading", "listing", "folding", "removing"],
  alter: ["preparing", "folding", "reading", "listing", "removing"],
  restore: ["preparing", "reading", "restoring", "comparing", "swapping"],
  drop: ["removing"],
  verify: ["reading"],
} as const satisfies Record<DatabaseBackupDeed, readonly (typeof PHASES)["database-backup"][number][]>;

/** The steps of a piece of work, in order. */
export function phasesOf(work: JobWork): readonly JobPhase[] {
  return work.kind === "database-backup" ? DATABASE_BACKUP_PHASES[work.deed] : PHASES[work.kind];
}

export const JobPhase = z.enum([
  "preparing",
  "copying",
  "proving",
  "listing",
  "restoring",
  "comparing",
  "swapping",
  "removing",
  "draining",
  "stopping",
  "starting",
  "generating",
  "reading",
  "checking",
  /** Handing bytes of snapshots that go to those that stay. */
  "folding",
]);
export type JobPhase = z.infer<typeof JobPhase>;

export const RankProgress = z.object({
  rank: RankNumber,
  bytesDone: Bytes,
  /** 0 while it is not known yet. */
  bytesTotal: Bytes,
  filesDone: Count,
  filesTotal: Count,
});
export type RankProgress = z.infer<typeof RankProgress>;

/** How far a job is. Never goes back within one attempt; may be dropped on the way to a slow reader. */
export const Progress = z.object({
  measuredAt: Moment,
  bytesDone: Bytes,
  /** 0 while it is not known yet. */
  bytesTotal: Bytes,
  filesDone: Count,
  filesTotal: Count,
  /** Over the last seconds; absent until two measurements are apart enough to tell. */
  bytesPerSecond: z.number().nonnegative().optional(),
  /** Absent while it cannot be told honestly. */
  etaMs: z.number().nonnegative().optional(),
  ranks: z.array(RankProgress),
});
export type Progress = z.infer<typeof Progress>;

/** What a finished job can show for itself, as read back from the engine, the host or the store. */
export const Evidence = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("backup"),
    backupId: BackupId,
    manifestSha256: Sha256,
    sizeBytes: Bytes,
    files: Count,
    rows: Count,
  }),
  z.object({
    kind: z.literal("restore"),
    backupId: BackupId,
    tables: Count,
    rows: Count,
    swapMs: z.number().nonnegative(),
  }),
  z.object({ kind: z.literal("delete-backup"), backupId: BackupId, filesRemoved: Count }),
  z.object({
    kind: z.literal("verify-backup"),
    backupId: BackupId,
    level: ProofLevel,
    provenAt: Moment,
    files: Count,
    sizeBytes: Bytes,
    /** What was scanned in the throw-away rank; 0 for a proof that only reads the store. */
    rows: Count,
  }),
  z.object({ kind: z.literal("undo-restore"), restoreId: JobId, swapMs: z.number().nonnegative() }),
  z.object({ kind: z.literal("keep-restored"), restoreId: JobId }),
  /** A check that found nothing broken; one that did ends in the problem `store-broken`. */
  z.object({ kind: z.literal("check-store"), backups: Count, files: Count, sizeBytes: Bytes, invariants: Count }),
  z.object({
    kind: z.literal("database-backup"),
    deed: DatabaseBackupDeed,
    /** The backups that it was about, by name. */
    backups: z.array(z.string()),
    /** The snapshot that was taken, made of others, or restored; absent where there is none, as with a drop. */
    snapshotId: SnapshotId.optional(),
    /** Snapshots that are listed no more, in all backups together. */
    removed: Count,
    /** What was written, restored, read or removed. */
    objects: Count,
    rows: Count,
    files: Count,
    sizeBytes: Bytes,
    /** Success all the same, and not quite what was asked for, such as no snapshot because nothing changed. */
    warning: z.string().optional(),
  }),
  z.object({ kind: z.literal("suspend"), ranksStopped: Count }),
  z.object({ kind: z.literal("resume"), ranksStarted: Count }),
  z.object({ kind: z.literal("load-example-data"), tables: Count, rows: Count }),
]);
export type Evidence = z.infer<typeof Evidence>;

/**
 * `queued → running → succeeded | failed | canceling → canceled`, and `interrupted` when the process that drove it died and the
 * engine has nothing to show for it. Each state holds the facts that exist in it and no others.
 */
export const JobState = z.discriminatedUnion("name", [
  z.object({ name: z.literal("queued") }),
  z.object({ name: z.literal("running"), startedAt: Moment, phase: JobPhase }),
  z.object({
    name: z.literal("canceling"),
    startedAt: Moment,
    phase: JobPhase,
    cancelRequestedAt: Moment,
    cancelRequestedBy: z.string(),
  }),
  z.object({ name: z.literal("succeeded"), startedAt: Moment, endedAt: Moment, evidence: Evidence }),
  z.object({
    name: z.literal("failed"),
    startedAt: Moment.optional(),
    endedAt: Moment,
    phase: JobPhase.optional(),
    problem: Problem,
  }),
  z.object({ name: z.literal("canceled"), startedAt: Moment.optional(), endedAt: Moment, canceledBy: z.string() }),
  /** The process that drove it died and the outcome could not be read back; `problem` says what that means for the data. */
  z.object({
    name: z.literal("interrupted"),
    startedAt: Moment.optional(),
    endedAt: Moment,
    phase: JobPhase.optional(),
    problem: Problem,
  }),
]);
export type JobState = z.infer<typeof JobState>;

/** One execution of long work. */
export const Job = z.object({
  id: JobId,
  clusterId: ClusterId,
  work: JobWork,
  requestedBy: z.string(),
  requestedAt: Moment,
  /** Which try at the work this is, from 1; names its paths and operations. Taking it up goes on with the same try. */
  attempt: z.int().min(1),
  state: JobState,
  /** The last that was measured in this attempt; absent before the first. */
  progress: Progress.optional(),
  /** When somebody cleared the failed or interrupted entry from Activity. */
  dismissedAt: Moment.optional(),
  /** The number of its newest change in the cluster's stream of changes. */
  seq: z.int().nonnegative(),
});
export type Job = z.infer<typeof Job>;

/** The states in which a job still works or waits to. */
export const UNDER_WAY = ["queued", "running", "canceling"] as const;

/** Whether the page lists the job under Activity: in progress, or failed and not dismissed. */
export function isActivity(job: Job): boolean {
  switch (job.state.name) {
    case "queued":
    case "running":
    case "canceling":
      return true;
    case "failed":
    case "interrupted":
      return job.dismissedAt === undefined;
    case "succeeded":
    case "canceled":
      return false;
  }
}
