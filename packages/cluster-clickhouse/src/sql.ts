/**
 * An identifier in backticks. The engine takes any text but NUL between them once backslash and backtick are escaped.
 * Throws on what can be no name; names come from the engine's own catalog, so that would be a bug.
 */
export function quoteIdent(name: string): string {
  if (name === "" || name.includes("\0")) throw new Error("not an identifier");
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** A string literal. Control characters are escaped, so that a statement stays on one line. */
export function quoteStr(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is escaped here.
    .replace(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `'${escaped}'`;
}

/** `database.table`, quoted. */
export function quoteTable(database: string, table: string): string {
  return `${quoteIdent(database)}.${quoteIdent(table)}`;
}

/** A backup destination below the engine's `backups.allowed_path`; relative, so that the whole store can be moved. */
export function fileDestination(folder: string): string {
  return `File(${quoteStr(folder)})`;
}

/** Databases in which restores of snapshots stage what they bring back begin with this. */
export const STAGING_PREFIX = "_snapdeck_staging_";

/** Where the engine looks when a statement names no schema. */
export const DEFAULT_SCHEMA = "default";

/** Schemas that the engine itself lives in. */
const ENGINE_SCHEMAS: readonly string[] = [
  "system",
  "INFORMATION_SCHEMA",
  "information_schema",
  "_temporary_and_external_tables",
];

export function isEngineSchema(name: string): boolean {
  return ENGINE_SCHEMAS.includes(name);
}

/** Where databases stand that are the user's: not the engine's own or ours, and none that only shows a backup's contents. */
const USER_DATABASES = `name NOT IN (${ENGINE_SCHEMAS.map(quoteStr).join(", ")})
  AND engine != 'Backup' AND NOT startsWith(name, '${STAGING_PREFIX}')`;

export const SELECT_VERSION = "SELECT version() AS version, hostName() AS host, uptime() AS uptime_seconds";

export const SELECT_DATABASES = `SELECT name FROM system.databases WHERE ${USER_DATABASES} ORDER BY name`;

/** Where tables stand that are the user's, without the hidden ones in which materialized views keep their rows: those count under the view's name. */
export const USER_TABLES = `database IN (SELECT name FROM system.databases WHERE ${USER_DATABASES})
    AND NOT is_temporary AND NOT startsWith(name, '.inner.') AND NOT startsWith(name, '.inner_id.')`;

export const SELECT_TABLES = `SELECT database, name, engine, total_rows, total_bytes FROM system.tables
  WHERE ${USER_TABLES}
  ORDER BY database, name`;

export const SELECT_DATABASE_COMMENT = "SELECT comment FROM system.databases WHERE name = {database:String}";

export const TABLE_EXISTS =
  "SELECT count() > 0 AS found FROM system.tables WHERE database = {database:String} AND name = {table:String}";

/** What can be read of a table's rows: columns that are computed or never stored tell nothing. */
export const SELECT_COLUMNS = `SELECT name FROM system.columns
  WHERE database = {database:String} AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL')
  ORDER BY position`;

/** What the table's files hold: of columns with a default, those that every part holds. Only the MergeTree family has parts. */
export const SELECT_STORED_COLUMNS = `SELECT name FROM system.columns
  WHERE database = {database:String} AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL')
    AND (default_kind = '' OR ${countParts()} = 0 OR name IN (
      SELECT column FROM system.parts_columns WHERE active AND database = {database:String} AND table = {table:String}
      GROUP BY column HAVING count() = ${countParts()}))
  ORDER BY position`;

function countParts(): string {
  return `(SELECT count() FROM system.parts WHERE active AND database = {database:String} AND table = {table:String})`;
}

/** Tables that the engine can read in a backup without restoring it, once a database shows that backup. */
export const SELECT_SHOWN_TABLES = `SELECT name FROM system.tables
  WHERE database = {database:String} AND endsWith(engine, 'MergeTree') ORDER BY name`;

/** Tells whether statements move: what all that run on the rank have read so far. */
export const SELECT_READ_SO_FAR =
  "SELECT sum(read_rows) AS rows, sum(read_bytes) AS bytes FROM system.processes WHERE NOT is_cancelled";

export const SELECT_FUNCTIONS =
  "SELECT name, create_query FROM system.functions WHERE origin = 'SQLUserDefined' ORDER BY name";

/** All columns, because which there are differs between versions. */
export const SELECT_NAMED_COLLECTIONS = "SELECT * FROM system.named_collections ORDER BY name";

const OPERATION_COLUMNS = `id, name, toString(status) AS status, error, query_id, num_files, num_entries, total_size,
  uncompressed_size, ProfileEvents['WriteBufferFromFileDescriptorWriteFailed'] AS failed_writes,
  toUnixTimestamp64Milli(start_time) AS started_ms`;

/** `ProfileEvents` counts writes that failed and that the embedded engine goes on after as if nothing had happened. */
export const SELECT_OPERATION = `SELECT ${OPERATION_COLUMNS} FROM system.backups WHERE id = {id:String}`;

export const SELECT_OPERATIONS_OF = `SELECT ${OPERATION_COLUMNS} FROM system.backups
  WHERE startsWith(id, {prefix:String}) ORDER BY start_time`;

export const SELECT_OPERATIONS_IN = `SELECT ${OPERATION_COLUMNS} FROM system.backups
  WHERE position(name, {folder:String}) > 0 ORDER BY start_time`;

export function killQuery(queryId: string): string {
  return `KILL QUERY WHERE query_id = ${quoteStr(queryId)} ASYNC`;
}

export type BackupStatement = {
  readonly databases: readonly string[];
  /** As `File('a/b')`. */
  readonly destination: string;
  /** The engine refuses a second operation of the same id: so a statement that was sent twice runs once. */
  readonly id: string;
  /** Bytes per second; unlimited when absent. */
  readonly bandwidthBytesPerSecond?: number | undefined;
};

/**
 * `deduplicate_files = 0`: each table keeps its files for itself. With it on, an engine of this age restores wrong rows where
 * tables of the Log family are equal (ClickHouse#112403).
 */
export function backupStatement({ databases, destination, id, bandwidthBytesPerSecond }: BackupStatement): string {
  const settings = [`id = ${quoteStr(id)}`, "deduplicate_files = 0"];
  if (bandwidthBytesPerSecond !== undefined)
    settings.push(`max_backup_bandwidth = ${wholeNumber(bandwidthBytesPerSecond)}`);
  return `BACKUP ${databaseList(databases)} TO ${destination} SETTINGS ${settings.join(", ")} ASYNC`;
}

/** `structureOnly` makes the tables and leaves them empty. */
export function restoreStatement({ databases, destination, id }: BackupStatement, structureOnly: boolean): string {
  const settings = [`id = ${quoteStr(id)}`, ...(structureOnly ? ["structure_only = 1"] : [])];
  return `RESTORE ${databaseList(databases)} FROM ${destination} SETTINGS ${settings.join(", ")} ASYNC`;
}

/** A database that shows one database of a backup and is read from there. */
export function showBackup(name: string, database: string, destination: string): string {
  return `CREATE DATABASE ${quoteIdent(name)} ENGINE = Backup(${quoteStr(database)}, ${destination})`;
}

export function dropDatabase(name: string): string {
  return `DROP DATABASE IF EXISTS ${quoteIdent(name)} SYNC`;
}

/** Merges drop and fold rows in some engines; while rows are compared with a manifest nothing may do that. */
export const STOP_MERGES = "SYSTEM STOP MERGES";

/**
 * Counts and hashes every row of a table, whatever their order. A row is hashed in the form RowBinary gives it, because the
 * engine's hash functions answer NULL for a row that holds a NULL, and `sum` leaves NULL out: such rows would never differ.
 */
export function scanStatement(database: string, table: string, columns: readonly string[]): string {
  const row = `formatRowNoNewline('RowBinary', ${columns.map(quoteIdent).join(", ")})`;
  return `SELECT count() AS rows, toString(sum(reinterpretAsUInt128(sipHash128(${row})))) AS hash_sum
    FROM ${quoteTable(database, table)}`;
}

/** Counts the rows of a table by reading them: `ignore` takes every value and tells nothing of it, so none may be left out. */
export function readStatement(database: string, table: string, columns: readonly string[]): string {
  return `SELECT count() AS rows FROM ${quoteTable(database, table)} WHERE NOT ignore(${columns.map(quoteIdent).join(", ")})`;
}

export function createOrReplaceFunction(createFunction: string): string {
  return createFunction.replace(/^CREATE FUNCTION /, "CREATE OR REPLACE FUNCTION ");
}

export function dropNamedCollection(name: string): string {
  return `DROP NAMED COLLECTION IF EXISTS ${quoteIdent(name)}`;
}

function databaseList(databases: readonly string[]): string {
  return databases.map((database) => `DATABASE ${quoteIdent(database)}`).join(", ");
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error("not a whole number");
  return String(value);
}
