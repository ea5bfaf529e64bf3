import type {
  AlterBackup,
  CreateBackup,
  DropBackup,
  RestoreBackup,
  TakeSnapshot,
  VerifyBackup,
} from "@snapdeck/backup-sql/ast/backup-statements";
import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import { parseScript } from "@snapdeck/backup-sql/parse-script";
import { printStatement } from "@snapdeck/backup-sql/print-statement";
import type { JobWork } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { StoreUse } from "../connections/store-opener.ts";
import { selectorWords } from "./select-backups.ts";

/** A statement about database backups that is carried out as a job. */
export type BackupWorkStatement = CreateBackup | TakeSnapshot | AlterBackup | RestoreBackup | DropBackup | VerifyBackup;

export type DatabaseBackupJobWork = Extract<JobWork, { kind: "database-backup" }>;

const DEED_OF = {
  "create-backup": "take",
  "take-snapshot": "take",
  "alter-backup": "alter",
  "restore-backup": "restore",
  "drop-backup": "drop",
  "verify-backup": "verify",
} as const satisfies Record<BackupWorkStatement["kind"], DatabaseBackupJobWork["deed"]>;

export function isBackupWork(statement: Statement): statement is BackupWorkStatement {
  return statement.kind in DEED_OF;
}

/** Which connection a statement names: what writes goes through a sink, what reads through a source. */
export function connectionOf(statement: BackupWorkStatement): { readonly use: StoreUse; readonly name: QualifiedName } {
  return "sink" in statement ? { use: "sink", name: statement.sink } : { use: "source", name: statement.source };
}

/** The statement as the work of a job: printed, since whoever drives the job may be another process. */
export function workOfStatement(statement: BackupWorkStatement): DatabaseBackupJobWork {
  const backup = "backups" in statement ? selectorWords(statement.backups) : statement.backup;
  return { kind: "database-backup", deed: DEED_OF[statement.kind], backup, sql: printStatement(statement) };
}

/** @throws {SnapdeckError} `bad-request` for what no version of ours printed */
export function statementOfWork({ sql }: DatabaseBackupJobWork): BackupWorkStatement {
  const parsed = parseScript(sql);
  const statement = parsed.outcome === "accepted" ? parsed.statements[0]?.statement : undefined;
  if (statement !== undefined && isBackupWork(statement)) return statement;
  throw new SnapdeckError("bad-request", "the job's statement is none about backups; nothing was changed", {
    hint: "It may be of another version of Snapdeck. Run the statement again.",
  });
}

export function isDryRun(statement: BackupWorkStatement): boolean {
  return "dryRun" in statement.options && statement.options.dryRun === true;
}
