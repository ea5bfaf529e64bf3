import type {
  ClusterTraits,
  Cluster as ClusterView,
  Inventory,
  PreviousData,
  TableChecksum,
} from "@snapdeck/contract/cluster";
import type { Evidence, JobPhase, RankProgress } from "@snapdeck/contract/job";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofLevel, ProofRecord } from "@snapdeck/contract/proof";
import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import type { SqlRows } from "@snapdeck/contract/sql";
import type { DatabaseBackups } from "./database-backups.ts";

/**
 * A database under Snapdeck's care. `CLUSTER_CHECKS` holds the promises below as data; every adapter passes them.
 *
 * Long work is an `AsyncIterable<WorkReport>` with these promises, whatever the work:
 * - W1 it ends in exactly one of `confirmed`, `stopped` or `lost`, or throws a `SnapdeckError`; nothing comes after.
 * - W2 `confirmed` comes only after the effect was read back from the engine, the host or the store.
 * - W3 after `stopped` or a throw nothing more is written, and the live data is as it was before.
 * - W4 aborting `signal` asks for a stop; the iterator still ends with its last report: `stopped`, or `confirmed` when the work
 *   was done before it could be stopped.
 * - W5 with `takeUp` it starts nothing that was not begun: it goes on with what the attempt began, or reports `lost`.
 * - W6 it calls `order.checkFence()` before each step that changes something, and stops with what that throws.
 */
export interface Cluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly traits: ClusterTraits;
  readonly lifecycle: Lifecycle;
  readonly systemBackups: SystemBackups;
  readonly data: ClusterData;
  /** Absent where `traits.takesDatabaseBackups` is false. */
  readonly databaseBackups?: DatabaseBackups;
  /** Absent where the engine takes no SQL from here. */
  readonly sql?: EngineSql;
}

/** The engine behind the SQL that Snapdeck passes on. */
export interface EngineSql {
  /**
   * Runs one statement unchanged, on rank 0, and answers its rows, `MAX_SQL_ROWS` at most.
   * @throws {SnapdeckError} `engine-failed` with the engine's own message, `cluster-not-running`, `cluster-unreachable`
   */
  run(statement: string, signal: AbortSignal): Promise<SqlRows>;

  /** Makes a schema on every rank. @throws {SnapdeckError} `schema-exists`, `cluster-not-running`, ... */
  createSchema(schema: string, ifNotExists: boolean): Promise<void>;

  /** Without `cascade` one that holds anything is refused. @throws {SnapdeckError} `schema-not-found`, `schema-not-empty`, ... */
  dropSchema(schema: string, options: { readonly ifExists: boolean; readonly cascade: boolean }): Promise<void>;
}

/** What an adapter observes; the server adds what it knows of jobs, backups and roles. */
export type ClusterObservation = Pick<ClusterView, "engine" | "state" | "observedAt" | "detail" | "ranks" | "store"> & {
  /** What the last restore put aside and nobody undid or let go. */
  readonly previousData?: Pick<PreviousData, "restoreId" | "swappedAt"> | undefined;
  /** The highest fencing token that the cluster was ever given; absent where nobody there remembers any. */
  readonly newestToken?: number | undefined;
};

/** Who asks for work, and under which lock. */
export type WorkOrder = {
  readonly jobId: JobId;
  /** Which try at the work this is, from 1. Taking it up goes on with the same one, so that what it began can be found. */
  readonly attempt: number;
  /** Grows with each holder of the cluster's lock; a host refuses a lower one than it has seen. */
  readonly fencingToken: number;
  /** Go on with what an earlier process began under this job, and start nothing anew. */
  readonly takeUp: boolean;
  /** @throws {SnapdeckError} `lock-lost` when another process holds the job's lease now. */
  checkFence(): Promise<void>;
};

export type WorkReport =
  | { readonly type: "phase"; readonly phase: JobPhase }
  | { readonly type: "progress"; readonly ranks: readonly RankProgress[] }
  /** It goes on, and has nothing to show for it: a long step that counts nothing that a user could see. */
  | { readonly type: "moving" }
  | { readonly type: "confirmed"; readonly evidence: Evidence }
  /** The work was stopped as asked, and nothing of it is left. */
  | { readonly type: "stopped" }
  /** Nobody knows of the work that should be taken up; `detail` says what that means for the data. */
  | { readonly type: "lost"; readonly detail: string };

export type Work = AsyncIterable<WorkReport>;

export interface Lifecycle {
  /** What the cluster says of itself now. Never throws: a cluster that does not answer is `unreachable`. */
  observe(): Promise<ClusterObservation>;

  /**
   * Stops the compute: drains running queries, ends every process, and confirms only what was seen to be gone.
   * @throws {SnapdeckError} `cluster-not-running`, `restore-in-progress`, `lock-lost`, `host-unreachable`, `not-supported`
   */
  suspend(order: WorkOrder, signal: AbortSignal): Work;

  /**
   * Starts the compute; confirms when each rank answered a query.
   * @throws {SnapdeckError} `cluster-not-suspended`, `restore-in-progress`, `lock-lost`, `host-unreachable`, `rank-lost`
   */
  resume(order: WorkOrder, signal: AbortSignal): Work;
}

export type BackUpOrder = WorkOrder & { readonly backupId: BackupId; readonly requestedBy: string };
export type BackupOrder = WorkOrder & { readonly backupId: BackupId };

export type RestoreOrder = BackupOrder & {
  /** Restore although a proof found the bytes to be other than the manifest says; what is executed is checked all the same. */
  readonly acceptSuspect: boolean;
};
export type VerifyOrder = BackupOrder & { readonly level: Exclude<ProofLevel, "L1"> };
/** `restoreId` is the job of the restore that put the previous data aside. */
export type PreviousDataOrder = WorkOrder & { readonly restoreId: JobId };

/** `freeBytes` is undefined when nobody knows of an end of the store. */
export type BackupEstimate = { readonly sizeBytes: number; readonly freeBytes: number | undefined };

/** What a listed backup is, from its manifest, and what later proofs of it found, oldest first. */
export type ListedBackup = {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** Only those that this console's key signed and that are of this manifest. */
  readonly proofs: readonly ProofRecord[];
  /**
   * Why no job restores it or proves it, as the rest of a sentence; absent when this console's key signed exactly this manifest, and
   * where the adapter signs none.
   */
  readonly doubt?: string;
};

export interface SystemBackups {
  /**
   * How large a backup taken now would be at most, and how much room the store has, both in bytes.
   * @throws {SnapdeckError} `cluster-not-running`, `cluster-unreachable`, `store-unavailable`
   */
  estimate(): Promise<BackupEstimate>;

  /**
   * Backs up every database of every rank and the definitions that the engine leaves out, proves it (L1), and lists it by writing
   * its manifest last. Each attempt writes to a path that nobody used before.
   * @throws {SnapdeckError} `disk-full`, `engine-failed`, `rank-lost`, `proof-failed`, `no-progress`, `lock-lost`, ...
   */
  backUp(order: BackUpOrder, signal: AbortSignal): Work;

  /** Removes whatever an unlisted backup left: files, locks, engine operations. Idempotent; leaves a listed backup alone. */
  discardBackup(backupId: BackupId): Promise<void>;

  /** Ids of the backups whose manifest is there, newest first. Complete: a listing that fails throws `store-unavailable`. */
  list(): Promise<BackupId[]>;

  /**
   * Whether the store shows that a backup of this cluster was ever written there, deleted since or not: a store that is not mounted
   * looks like an empty one.
   * @throws {SnapdeckError} `store-unavailable`
   */
  wasUsed(): Promise<boolean>;

  /** @throws {SnapdeckError} `backup-not-found`, `backup-unusable` when its manifest cannot be read or is not ours. */
  read(backupId: BackupId): Promise<ListedBackup>;

  /** Room that a restore of that backup needs and has where the data lives, in bytes. */
  restoreSpace(backupId: BackupId): Promise<{ neededBytes: number; freeBytes: number }>;

  /**
   * Brings all data back into fresh directories, compares it with the manifest, and only then swaps it in. The swap keeps the
   * previous data. Whatever happens before the swap leaves the cluster as it was. Every byte of the backup is read back on the way;
   * what differs is recorded as a failed L2 proof, and ends the restore unless `acceptSuspect`.
   * @throws {SnapdeckError} `cluster-not-suspended`, `backup-unusable`, `backup-suspect`, `restore-differs`, `disk-full`,
   *   `engine-failed`, ...
   */
  restore(order: RestoreOrder, signal: AbortSignal): Work;

  /**
   * Brings back what the restore put aside: the same swap backwards. Only while suspended.
   * @throws {SnapdeckError} `no-previous-data` when it was undone, kept or never swapped; `cluster-not-suspended`, `lock-lost`
   */
  undoRestore(order: PreviousDataOrder, signal: AbortSignal): Work;

  /**
   * Removes what the restore put aside; it cannot be undone from then on. Taking it up again finishes it.
   * @throws {SnapdeckError} `no-previous-data` when it was undone or never swapped; `lock-lost`
   */
  keepRestored(order: PreviousDataOrder, signal: AbortSignal): Work;

  /**
   * Proves a listed backup again and records what was found beside its manifest, passed or not, before it ends. L2 reads every byte,
   * off the main thread; L3 also restores it into throw-away ranks, scans every table in full and compares rows and contents. Needs the
   * cluster in no particular state and leaves it alone. A proof that finds faults is recorded and throws `proof-failed`; one that
   * could not be carried through (the store does not answer, the disk is full) is not recorded.
   * Faults that reading finds are recorded as L2, whichever level was asked for. Before its record is written a proof changes nothing
   * that lasts, so one that is taken up starts over, unless its record is there; then it ends as that says.
   * @throws {SnapdeckError} `proof-failed`, `backup-not-found`, `backup-unusable`, `store-unavailable`, `disk-full`, `cluster-busy`,
   *   `not-supported` for L3 where no throw-away rank can be had
   */
  verify(order: VerifyOrder, signal: AbortSignal): Work;

  /** Removes what an unfinished verification left: throw-away ranks and their directories. Idempotent. */
  discardVerification(jobId: JobId): Promise<void>;

  /** Removes what an unswapped restore left. Idempotent. */
  discardRestore(jobId: JobId, fencingToken: number): Promise<void>;

  /** Deletes a backup: unlists it durably first, then removes its files. Taking it up again finishes it. */
  remove(order: BackupOrder, signal: AbortSignal): Work;
}

export interface ClusterData {
  /** @throws {SnapdeckError} `cluster-not-running`, `cluster-unreachable` */
  inventory(): Promise<Inventory>;

  /** @throws {SnapdeckError} `table-not-found`, `cluster-not-running`, `engine-failed` */
  checksum(database: string, table: string, signal: AbortSignal): Promise<TableChecksum>;

  /**
   * Generates the example schema with the engine itself.
   * @throws {SnapdeckError} `cluster-not-empty`, `cluster-not-running`, `not-supported`
   */
  loadExample(order: WorkOrder, signal: AbortSignal): Work;

  /** Removes a half-loaded example. Idempotent. */
  discardExample(): Promise<void>;
}
