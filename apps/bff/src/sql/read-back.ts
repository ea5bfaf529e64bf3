import type { DescribeBackup, ShowBackup } from "@snapdeck/backup-sql/ast/backup-statements";
import type { SqlRows, SqlValue } from "@snapdeck/contract/sql";
import type { DatabaseBackupStore, ListedDatabaseBackup } from "@snapdeck/core/ports/database-backup-store";
import type { DryRunRow } from "@snapdeck/core/snapshots/dry-run-rows";
import { refWords } from "@snapdeck/core/snapshots/restore-request";
import { noSuchDatabaseBackup, selectBackups, selectorWords } from "./select-backups.ts";
import { sqlRows } from "./sql-rows.ts";

const DESCRIBED = [
  "BACKUP_NAME",
  "BACKUP_ID",
  "BACKUP_TYPE",
  "TIME",
  "DURATION",
  "CLUSTER_ID",
  "HOST_NAME",
  "HOST_ID",
  "OBJECTS",
  "SIZE",
  "FILES",
  "RECORDS",
  "COMMENT",
] as const;

/**
 * The statement that made each backup, as the store tells it, whichever console took it.
 * @throws {SnapdeckError} `backup-not-found` for a single one that is not there, `backup-unusable`, `store-unavailable`
 */
export async function showBackups({ backups }: ShowBackup, store: DatabaseBackupStore): Promise<SqlRows> {
  const found = await foundBackups(store, backups);
  return sqlRows(
    ["DDL"],
    found.map((each) => [each.problem === undefined ? each.info.ddl : unreadable(each)]),
  );
}

/** A row for each snapshot. @throws {SnapdeckError} as `showBackups` */
export async function describeBackups({ backups }: DescribeBackup, store: DatabaseBackupStore): Promise<SqlRows> {
  const found = await foundBackups(store, backups);
  return sqlRows(DESCRIBED, found.flatMap(rowsOf));
}

async function foundBackups(
  store: DatabaseBackupStore,
  selector: ShowBackup["backups"],
): Promise<ListedDatabaseBackup[]> {
  const found = await selectBackups(store, selector);
  if (selector.kind !== "named") return found;
  const [only] = found;
  if (only === undefined) throw noSuchDatabaseBackup(selectorWords(selector));
  if (only.problem !== undefined) throw only.problem;
  return found;
}

function rowsOf(backup: ListedDatabaseBackup): SqlValue[][] {
  const { name } = backup;
  if (backup.problem !== undefined) {
    return [
      DESCRIBED.map((column) => (column === "BACKUP_NAME" ? name : column === "COMMENT" ? unreadable(backup) : null)),
    ];
  }
  const { objects, snapshots } = backup.info;
  const words = objects.map(refWords).join(", ");
  return snapshots.map((snapshot) => [
    name,
    snapshot.id,
    snapshot.kind,
    snapshot.startedAt,
    snapshot.durationMs,
    snapshot.clusterId,
    snapshot.hostName,
    snapshot.hostAddress,
    words,
    snapshot.kept.sizeBytes,
    snapshot.kept.files,
    snapshot.rows,
    snapshot.comment ?? null,
  ]);
}

function unreadable({ name, problem }: ListedDatabaseBackup): string {
  return `-- ${name} cannot be read: ${problem?.detail ?? "unknown"}`;
}

/** The answer to DRY_RUN. */
export function plannedRows(planned: readonly DryRunRow[]): SqlRows {
  return sqlRows(
    ["ACTION", "SUBJECT", "RECORDS", "SIZE"],
    planned.map(({ action, subject, rows, sizeBytes }) => [action, subject, rows ?? null, sizeBytes ?? null]),
  );
}
