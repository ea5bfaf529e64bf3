import type { TableChecksum } from "@snapdeck/contract/cluster";
import { formatAge } from "../../format/format-age.ts";

/** What the page knows of one table's checksum. `before` is the one that was computed before `now`. */
export type ChecksumEntry = {
  readonly standing: "idle" | "waiting" | "scanning";
  readonly now?: TableChecksum;
  readonly before?: TableChecksum;
  readonly error?: unknown;
};

/** The entry with a new result; what was known becomes what it is compared with. */
export function withResult(entry: ChecksumEntry | undefined, result: TableChecksum): ChecksumEntry {
  return { standing: "idle", now: result, ...(entry?.now === undefined ? {} : { before: entry.now }) };
}

export type Comparison = { readonly same: boolean; readonly text: string };

/** How the newest result stands to the one before: what tells an operator that a restore brought a table back. */
export function comparison({ now, before }: ChecksumEntry, nowMs: number): Comparison | undefined {
  if (now === undefined || before === undefined) return undefined;
  const same = now.checksum === before.checksum && now.rows === before.rows;
  return { same, text: `${same ? "same as" : "differs from"} ${formatAge(before.observedAt, nowMs)}` };
}

/** What is copied: a line for each table with its rows and its checksum, parted by tabs, in the order given. */
export function checksumLines(entries: readonly (ChecksumEntry | undefined)[]): string {
  return entries
    .flatMap((entry) => entry?.now ?? [])
    .map(({ database, table, rows, checksum }) => `${database}.${table}\t${rows}\t${checksum}`)
    .join("\n");
}
