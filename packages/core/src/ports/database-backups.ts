import type { DatabaseBackupName, DatabaseBackupOptions } from "@snapdeck/contract/database-backup";
import type { DatabaseObjectRef, StoredObjectRef } from "@snapdeck/contract/database-object";
import type { DatabaseBackupDeed } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import type { DryRunRow } from "../snapshots/dry-run-rows.ts";
import type { RestoreRequest } from "../snapshots/restore-request.ts";
import type { SupportedObjects } from "../snapshots/supported-objects.ts";
import type { Work, WorkOrder } from "./cluster.ts";
import type { DatabaseBackupStore } from "./database-backup-store.ts";

/**
 * The objects that live in this console and not in the engine: credentials, data sinks and data sources. Texts are CREATE statements with
 * their secrets; whoever stores one seals it.
 */
export interface ConnectionObjects {
  /** Those in one schema, or all. */
  list(schema?: string): Promise<StoredObjectRef[]>;
  /** Undefined when there is none. */
  definition(ref: StoredObjectRef): Promise<string | undefined>;
  /** Makes one of a text that `definition` answered, under the name of `ref`, which may be another one. @throws {SnapdeckError} `connection-exists` */
  make(ref: StoredObjectRef, text: string): Promise<void>;
  /** Gives it another schema. @throws {SnapdeckError} `connection-exists`, `connection-not-found` */
  move(ref: StoredObjectRef, schema: string): Promise<void>;
  /** Idempotent. */
  remove(ref: StoredObjectRef): Promise<void>;
}

/** Which database backup, and where. */
export type BackupPlace = { readonly store: DatabaseBackupStore; readonly backup: DatabaseBackupName };

/** What a snapshot is taken of, and how. */
export type SnapshotRequest = BackupPlace & { readonly comment?: string | undefined } & (
    | {
        readonly type: "full";
        /** The statement, without secrets: SHOW BACKUP answers with it. */
        readonly ddl: string;
        readonly objects: readonly DatabaseObjectRef[];
        readonly options: DatabaseBackupOptions;
        /** Take the place of a backup of that name, once this one is complete. */
        readonly recreate: boolean;
      }
    | {
        readonly type: "incremental";
        /** What the statement says; the rest is as the backup's own options say. */
        readonly options: Partial<DatabaseBackupOptions>;
      }
    | {
        readonly type: "differential";
        readonly options: Partial<Omit<DatabaseBackupOptions, "maxIncrementalBackupsToKeep">>;
        /** Let the snapshots between it and the full go, once it is listed. */
        readonly deleteIntermediate: boolean;
      }
  );

export type AlterRequest = BackupPlace &
  (
    | { readonly action: "merge"; readonly comment?: string | undefined }
    | { readonly action: "purge"; readonly snapshotId: number }
    | { readonly action: "set"; readonly options: Partial<DatabaseBackupOptions> }
  );

export type SnapshotRestoreRequest = BackupPlace &
  RestoreRequest & {
    /** The newest when absent. */
    readonly snapshotId?: number | undefined;
    /** Read every byte back before anything is restored. */
    readonly checksum: boolean;
  };

/** The backups that a selector found: none is fine where the statement says so. */
export type DropRequest = { readonly store: DatabaseBackupStore; readonly backups: readonly DatabaseBackupName[] };

/** `snapshotId`: only that one, and what it builds on. */
export type VerifySnapshotsRequest = {
  readonly store: DatabaseBackupStore;
  readonly backups: readonly DatabaseBackupName[];
  readonly snapshotId?: number | undefined;
};

/** Of a work that writes to a store. */
export type LeftInStore = {
  readonly jobId: JobId;
  readonly deed: Exclude<DatabaseBackupDeed, "restore" | "verify">;
  readonly store: DatabaseBackupStore;
  readonly backups: readonly DatabaseBackupName[];
};

/** Of a restore, which only reads from its store. */
export type LeftInRanks = { readonly jobId: JobId; readonly deed: "restore" };

type Ordered<R> = R & WorkOrder & { readonly requestedBy: string };

/**
 * Database backups of a cluster: chosen objects, in chains of full, incremental and differential snapshots. Works keep the promises W1 to
 * W6 of `Cluster`; each `plan...` says what its work would do and changes nothing, and is refused by what would refuse the work. Only one
 * work at a time is under way on one backup. Evidence is of kind `database-backup`.
 */
export interface DatabaseBackups {
  /** What OBJECTS may name on this cluster. */
  supportedObjects(): Promise<SupportedObjects>;

  /**
   * Takes a snapshot: the engines write, L1 proof (L2 with CHECKSUM), listed last; then what a cap or DELETE_INTERMEDIATE_BACKUPS lets go
   * is folded and removed. Before it builds on snapshots it looks whether they are there, each the one that the info names.
   * @throws {SnapdeckError} `backup-exists`, `backup-not-found`, `object-not-found`, `not-supported`, `cluster-not-running`, `disk-full`,
   *   `engine-failed`, `proof-failed`, `backup-unusable`, ...
   */
  take(order: Ordered<SnapshotRequest>, signal: AbortSignal): Work;
  planTake(request: SnapshotRequest): Promise<DryRunRow[]>;

  /** MERGE, PURGE or SET. @throws {SnapdeckError} `backup-not-found`, `snapshot-not-found`, `full-not-purged`, `nothing-to-merge`, ... */
  alter(order: Ordered<AlterRequest>, signal: AbortSignal): Work;
  planAlter(request: AlterRequest): Promise<DryRunRow[]>;

  /**
   * Restores into staging, compares with the snapshot, then exchanges object by object; whatever happens before leaves all objects as they
   * were, and a crash among the exchanges is finished by taking the work up.
   * @throws {SnapdeckError} `backup-not-found`, `snapshot-not-found`, `object-not-found`, `restore-conflict`, `schema-not-found`,
   *   `restore-differs`, `backup-unusable`, ...
   */
  restore(order: Ordered<SnapshotRestoreRequest>, signal: AbortSignal): Work;
  planRestore(request: SnapshotRestoreRequest): Promise<DryRunRow[]>;
  /** Tells why a restore would be refused, as far as that takes no look at the files of the snapshot. @throws {SnapdeckError} as `restore` */
  mustBeRestorable(request: SnapshotRestoreRequest): Promise<void>;

  /** Removes whole backups, and what drops and creations that died left of them. */
  drop(order: Ordered<DropRequest>, signal: AbortSignal): Work;
  planDrop(request: DropRequest): Promise<DryRunRow[]>;

  /** Reads every byte of the snapshots back (L2). @throws {SnapdeckError} `proof-failed` naming files, `snapshot-not-found` */
  verify(order: Ordered<VerifySnapshotsRequest>, signal: AbortSignal): Work;

  /**
   * Removes what an unfinished work left: operations of the engine, staging, folders that nothing lists. Idempotent, and leaves alone what is
   * listed and what was exchanged. A verification leaves nothing.
   * @throws {SnapdeckError} `cluster-not-running` for a restore on a suspended cluster, `cluster-unreachable`, `store-unavailable`, ...
   */
  discard(left: LeftInStore | LeftInRanks): Promise<void>;
}
