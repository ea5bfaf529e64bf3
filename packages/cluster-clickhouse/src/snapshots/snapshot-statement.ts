import { quoteStr, quoteTable } from "../sql.ts";
import type { LiveTable } from "./rank-catalog.ts";
import type { FolderRole } from "./snapshot-paths.ts";

export type SnapshotStatement = {
  readonly role: FolderRole;
  readonly tables: readonly Pick<LiveTable, "database" | "name">[];
  /** In the engine's SQL; may hold a secret. */
  readonly destination: string;
  /** What it builds on, in the engine's SQL. */
  readonly base: string | undefined;
  /** What the place needs, such as `a = 1`. */
  readonly placeSettings: readonly string[];
  /** The engine refuses a second operation of the same id. */
  readonly id: string;
  /** Bytes per second; unlimited when absent. */
  readonly bandwidthBytesPerSecond?: number | undefined;
};

/**
 * BACKUP of some tables. Only files of the MergeTree family are kept once: those of others change in place, and the engine restores them
 * wrong then (ClickHouse#112403).
 */
export function snapshotStatement(statement: SnapshotStatement): string {
  const { role, tables, destination, base, placeSettings, id, bandwidthBytesPerSecond } = statement;
  const settings = [
    `id = ${quoteStr(id)}`,
    `deduplicate_files = ${role === "parts" ? 1 : 0}`,
    ...(base === undefined ? [] : [`base_backup = ${base}`]),
    ...(bandwidthBytesPerSecond === undefined ? [] : [`max_backup_bandwidth = ${Math.floor(bandwidthBytesPerSecond)}`]),
    ...placeSettings,
  ];
  const list = tables.map(({ database, name }) => `TABLE ${quoteTable(database, name)}`).join(", ");
  return `BACKUP ${list} TO ${destination} SETTINGS ${settings.join(", ")} ASYNC`;
}

/** Lets a statement be as long as it is: the engine's own limits are met by some thousand tables. */
export function roomFor(statement: string): Record<string, number> {
  return {
    max_query_size: statement.length * 4 + 262_144,
    max_ast_elements: 10_000_000,
    max_expanded_ast_elements: 10_000_000,
  };
}
