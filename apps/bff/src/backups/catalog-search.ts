import type { Backup } from "@snapdeck/contract/backup";
import { type RawBuilder, sql } from "kysely";

/** What a search looks at: id, who asked for it, and the day. On lines of their own, so that no match runs from one into the next. */
export function searchTextOf({ id, requestedBy, takenAt }: Backup): string {
  return [id, requestedBy, takenAt.slice(0, "2026-11-22".length)].join("\n").toLowerCase();
}

/** Whether the column holds that text, in any case; `%` and `_` stand for themselves. */
export function containing(column: string, text: string): RawBuilder<boolean> {
  const literal = text
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&");
  return sql<boolean>`${sql.ref(column)} like ${`%${literal}%`} escape '\\'`;
}
