import type * as Options from "../options/backup-options.ts";
import type { OptionsOf } from "../options/option-table.ts";
import type { BackupObjects } from "./backup-object.ts";
import type { BackupSelector } from "./backup-selector.ts";
import type { QualifiedName } from "./qualified-name.ts";

/** A new backup with its full snapshot. */
export type CreateBackup = {
  readonly kind: "create-backup";
  readonly backup: string;
  readonly sink: QualifiedName;
  readonly objects: BackupObjects;
  readonly options: OptionsOf<typeof Options.CREATE_BACKUP_OPTIONS>;
};

/** One more snapshot of a backup, of the objects of its full one. Without TYPE it is incremental. */
export type TakeSnapshot = {
  readonly kind: "take-snapshot";
  readonly backup: string;
  readonly sink: QualifiedName;
} & (
  | { readonly type: "incremental"; readonly options: OptionsOf<typeof Options.INCREMENTAL_OPTIONS> }
  | { readonly type: "differential"; readonly options: OptionsOf<typeof Options.DIFFERENTIAL_OPTIONS> }
);

/** `settings` holds one at least. A snapshot id is the epoch millisecond at which it was started. */
export type AlterBackup = {
  readonly kind: "alter-backup";
  readonly backup: string;
  readonly sink: QualifiedName;
} & (
  | { readonly action: "merge"; readonly options: OptionsOf<typeof Options.MERGE_OPTIONS> }
  | {
      readonly action: "purge";
      readonly snapshotId: number;
      readonly options: OptionsOf<typeof Options.ALTER_BACKUP_OPTIONS>;
    }
  | {
      readonly action: "set";
      readonly settings: OptionsOf<typeof Options.BACKUP_SETTINGS>;
      readonly options: OptionsOf<typeof Options.ALTER_BACKUP_OPTIONS>;
    }
);

export type RestoreBackup = {
  readonly kind: "restore-backup";
  readonly backup: string;
  readonly source: QualifiedName;
  readonly objects: BackupObjects;
  readonly options: OptionsOf<typeof Options.RESTORE_BACKUP_OPTIONS>;
};

/** That `*` needs DELETE_ALL_BACKUPS is judged by whoever runs it. */
export type DropBackup = {
  readonly kind: "drop-backup";
  readonly backups: BackupSelector;
  readonly sink: QualifiedName;
  readonly options: OptionsOf<typeof Options.DROP_BACKUP_OPTIONS>;
};

export type ShowBackup = {
  readonly kind: "show-backup";
  readonly backups: BackupSelector;
  readonly source: QualifiedName;
};

export type DescribeBackup = {
  readonly kind: "describe-backup";
  readonly backups: BackupSelector;
  readonly source: QualifiedName;
};

/** Ours: reads every byte of the snapshots back, or of one of them. */
export type VerifyBackup = {
  readonly kind: "verify-backup";
  readonly backups: BackupSelector;
  readonly source: QualifiedName;
  readonly options: OptionsOf<typeof Options.VERIFY_BACKUP_OPTIONS>;
};

export type BackupStatement =
  | CreateBackup
  | TakeSnapshot
  | AlterBackup
  | RestoreBackup
  | DropBackup
  | ShowBackup
  | DescribeBackup
  | VerifyBackup;
