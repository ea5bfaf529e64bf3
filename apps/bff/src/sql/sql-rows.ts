import { MAX_SQL_ROWS, type SqlRows, type SqlValue } from "@snapdeck/contract/sql";

/** Rows of ours as an answer, no more of them than one statement may have. */
export function sqlRows(columns: readonly string[], rows: SqlValue[][]): SqlRows {
  return { columns: [...columns], rows: rows.slice(0, MAX_SQL_ROWS), isCut: rows.length > MAX_SQL_ROWS };
}
