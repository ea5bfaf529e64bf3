import * as Backup from "./backup-options.ts";
import * as Connection from "./connection-options.ts";
import { CREDENTIAL_OPTIONS } from "./credential-options.ts";
import { findOption } from "./option-name.ts";
import type { OptionTable } from "./option-table.ts";

/** How messages call statements of which some options depend on more than the kind. */
export const TITLES = {
  incremental: "incremental BACKUP",
  differential: "differential BACKUP",
  merge: "ALTER BACKUP with MERGE",
  purge: "ALTER BACKUP with PURGE",
  set: "ALTER BACKUP with SET",
  settings: "SET of ALTER BACKUP",
} as const;

/** Whose options they are, for the error about one that was given to another statement. */
const OWNERS: ReadonlyMap<string, OptionTable> = new Map<string, OptionTable>([
  ["CREATE BACKUP", Backup.CREATE_BACKUP_OPTIONS],
  [TITLES.incremental, Backup.INCREMENTAL_OPTIONS],
  [TITLES.differential, Backup.DIFFERENTIAL_OPTIONS],
  [TITLES.settings, Backup.BACKUP_SETTINGS],
  [TITLES.merge, Backup.MERGE_OPTIONS],
  ["RESTORE BACKUP", Backup.RESTORE_BACKUP_OPTIONS],
  ["DROP BACKUP", Backup.DROP_BACKUP_OPTIONS],
  ["VERIFY BACKUP", Backup.VERIFY_BACKUP_OPTIONS],
  ["CREATE DATA SINK", Connection.DATA_SINK_OPTIONS],
  ["CREATE DATA SOURCE", Connection.DATA_SOURCE_OPTIONS],
  ["CREATE CREDENTIAL", CREDENTIAL_OPTIONS],
]);

/** The statements that take an option of a written name. */
export function ownersOf(written: string): readonly string[] {
  return [...OWNERS].filter(([, table]) => findOption(table, written) !== undefined).map(([owner]) => owner);
}
