import type { DatabaseBackupInfo, DatabaseBackupName, SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import type { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { FileStamp, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { BackupView } from "../snapshots/backup-view.ts";
import type { EngineMetadata } from "../snapshots/engine-metadata.ts";
import type { PlanStep, Stamper } from "../snapshots/plan-steps.ts";
import type { ObjectStore } from "./object-store.ts";

/** How the engine itself reaches the files of a store. Holds secrets: never logged, never part of a message. */
export type EngineLocation =
  | { readonly kind: "directory"; readonly root: string }
  | {
      readonly kind: "s3";
      /** The bucket's URL, with the prefix if there is one and without a slash at the end. */
      readonly url: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    };

/** What makes a database backup exist, as it was read. */
export type ReadInfo = {
  readonly info: DatabaseBackupInfo;
  /** What stands there, for whoever replaces it. */
  readonly standing: FileStamp;
  /** Whether this console's key signed exactly it. What a restore executes is led by it, so one that is not is only looked at. */
  readonly isSigned: boolean;
};

/** A folder of the store that says it is a database backup; `problem` where its info cannot be read. */
export type ListedDatabaseBackup =
  | ({ readonly name: DatabaseBackupName; readonly problem?: undefined } & ReadInfo)
  | { readonly name: DatabaseBackupName; readonly problem: SnapdeckError };

/** The database backups of one store: what a data sink or a data source leads to. */
export interface DatabaseBackupStore {
  readonly files: ObjectStore;
  readonly engine: EngineLocation;
  readonly stamper: Stamper;

  /** Every backup, by name. @throws {SnapdeckError} `store-unavailable`: complete, or it throws */
  list(): Promise<ListedDatabaseBackup[]>;

  /** Undefined when there is none of that name. @throws {SnapdeckError} `backup-unusable`, `store-unavailable` */
  read(name: DatabaseBackupName): Promise<ReadInfo | undefined>;

  /** The objects of each snapshot. @throws {SnapdeckError} `backup-unusable` when the file is not the one that the info speaks of */
  definitions(info: DatabaseBackupInfo): Promise<{
    readonly bySnapshot: ReadonlyMap<number, readonly ObjectDefinition[]>;
    readonly standing: FileStamp;
  }>;

  /** The files of one snapshot. @throws {SnapdeckError} `backup-unusable` when the file is not the one that the info speaks of */
  content(name: DatabaseBackupName, snapshot: SnapshotInfo): Promise<SnapshotFile[]>;

  /** The backup as it stands, with the contents of the snapshots `ids`: what a plan is computed from. @throws {SnapdeckError} `backup-unusable` */
  view(info: DatabaseBackupInfo, ids: readonly number[]): Promise<BackupView>;

  /**
   * The `.backup` that the engine wrote to a folder, strictly parsed.
   * @throws {SnapdeckError} `backup-unusable` when there is none, or it is not one
   */
  metadata(
    name: DatabaseBackupName,
    id: number,
    folder: string,
  ): Promise<{ readonly metadata: EngineMetadata; readonly standing: FileStamp }>;

  /**
   * Carries out a plan, step by step. Only for whoever holds the lock of the backup.
   * @param standing what stands as info when it begins: the one that the plan was made from; undefined where none does
   * @param prove proves a snapshot that is about to be listed, and throws when it fails
   * @param onStep hears of each step before it is carried out; a rejection ends the plan there
   * @param onMoved hears that a long step goes on
   * @throws {SnapdeckError} `store-changed` when somebody else wrote to the backup, and what the store throws
   */
  carryOut(
    name: DatabaseBackupName,
    steps: readonly PlanStep[],
    standing: FileStamp | undefined,
    prove: (id: number) => Promise<void>,
    onStep?: (step: PlanStep) => Promise<void>,
    onMoved?: () => void,
  ): Promise<void>;

  /** Closes its connections. For whoever opened it, when nothing is asked of it any more. */
  close(): void;
}
