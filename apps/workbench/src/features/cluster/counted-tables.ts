import type { Database } from "@snapdeck/contract/cluster";
import type { TableName } from "./use-checksums.ts";

/** Tables whose engine counts their rows: the others are views, whose rows belong to other tables. */
export function countedTables({ name, tables }: Database): TableName[] {
  return tables.filter(({ rows }) => rows !== undefined).map((table) => ({ database: name, table: table.name }));
}
