import type { SqlRows, SqlValue } from "@snapdeck/contract/sql";

/** Rows as CSV (RFC 4180), with a line of names first; NULL is an empty field. */
export function csvOf({ columns, rows }: Pick<SqlRows, "columns" | "rows">): string {
  return [columns, ...rows].map((row) => row.map(fieldOf).join(",")).join("\r\n");
}

function fieldOf(value: SqlValue): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** For each column whether all of its values are numbers, which then stand to the right; 64-bit numbers come as text. */
export function numericColumns({ columns, rows }: Pick<SqlRows, "columns" | "rows">): boolean[] {
  return columns.map((_, index) => {
    const values = rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined);
    return values.length > 0 && values.every((value) => typeof value === "number" || /^-?\d+$/.test(String(value)));
  });
}
