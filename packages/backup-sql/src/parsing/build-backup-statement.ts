import type {
  AlterBackup,
  BackupStatement,
  CreateBackup,
  RestoreBackup,
  TakeSnapshot,
} from "../ast/backup-statements.ts";
import * as Options from "../options/backup-options.ts";
import { TITLES } from "../options/option-owners.ts";
import type { StatementParts } from "./statement-parts.ts";

export function buildBackupStatement(
  kind: BackupStatement["kind"],
  parts: StatementParts,
): BackupStatement | undefined {
  switch (kind) {
    case "create-backup":
      return createBackup(parts);
    case "take-snapshot":
      return takeSnapshot(parts);
    case "alter-backup":
      return alterBackup(parts);
    case "restore-backup":
      return restoreBackup(parts);
    case "drop-backup": {
      const [backups, sink] = [parts.backups(), parts.store("DATA SINK")];
      const options = parts.options(Options.DROP_BACKUP_OPTIONS);
      return backups && sink && { kind, backups, sink, options };
    }
    case "show-backup":
    case "describe-backup": {
      const [backups, source] = [parts.backups(), parts.store("DATA SOURCE")];
      return backups && source && { kind, backups, source };
    }
    case "verify-backup": {
      const [backups, source] = [parts.backups(), parts.store("DATA SOURCE")];
      const options = parts.options(Options.VERIFY_BACKUP_OPTIONS);
      return backups && source && { kind, backups, source, options };
    }
  }
}

function createBackup(parts: StatementParts): CreateBackup | undefined {
  const [backup, sink, objects] = [parts.backupName(), parts.store("DATA SINK"), parts.objects()];
  parts.type(["full"], "CREATE BACKUP takes the full snapshot; later ones are taken with BACKUP.");
  const options = parts.options(Options.CREATE_BACKUP_OPTIONS);
  if (backup === undefined || sink === undefined || objects === undefined) return undefined;
  return { kind: "create-backup", backup, sink, objects, options };
}

function takeSnapshot(parts: StatementParts): TakeSnapshot | undefined {
  const [backup, sink] = [parts.backupName(), parts.store("DATA SINK")];
  const type = parts.type(["incremental", "differential"], "A full snapshot is taken with CREATE BACKUP.");
  const base =
    backup !== undefined && sink !== undefined ? { kind: "take-snapshot" as const, backup, sink } : undefined;
  if (type === "differential") {
    const options = parts.options(Options.DIFFERENTIAL_OPTIONS, { title: TITLES.differential });
    return base && { ...base, type, options };
  }
  const options = parts.options(Options.INCREMENTAL_OPTIONS, { title: TITLES.incremental });
  return base && { ...base, type: "incremental", options };
}

function alterBackup(parts: StatementParts): AlterBackup | undefined {
  const [backup, sink] = [parts.backupName(), parts.store("DATA SINK")];
  const base = backup !== undefined && sink !== undefined ? { kind: "alter-backup" as const, backup, sink } : undefined;
  if (parts.clause("MERGE") !== undefined) {
    const options = parts.options(Options.MERGE_OPTIONS, { title: TITLES.merge });
    return base && { ...base, action: "merge", options };
  }
  if (parts.clause("PURGE") !== undefined) {
    const snapshotId = parts.snapshotId();
    const options = parts.options(Options.ALTER_BACKUP_OPTIONS, { title: TITLES.purge });
    return base && snapshotId !== undefined ? { ...base, action: "purge", snapshotId, options } : undefined;
  }
  const settings = parts.options(Options.BACKUP_SETTINGS, { clause: "SET", title: TITLES.settings });
  const options = parts.options(Options.ALTER_BACKUP_OPTIONS, { title: TITLES.set });
  return base && { ...base, action: "set", settings, options };
}

function restoreBackup(parts: StatementParts): RestoreBackup | undefined {
  const [backup, source, objects] = [parts.backupName(), parts.store("DATA SOURCE"), parts.objects()];
  const options = parts.options(Options.RESTORE_BACKUP_OPTIONS);
  if (backup === undefined || source === undefined || objects === undefined) return undefined;
  return { kind: "restore-backup", backup, source, objects, options };
}
