import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import { unescapeName } from "./backup-contents.ts";
import { hasUnappliedPatches } from "./patch-parts.ts";
import type { RankClient } from "./rank-client.ts";
import { quoteTable } from "./sql.ts";

/** How many tables a refusal names. */
const MAX_NAMED = 3;

const PartRow = z.object({ database: z.string(), table: z.string(), name: z.string() });

/** A part, under the name of the table that it is of; under the view's where a materialized view keeps its rows in a hidden table. */
export type TablePart = z.infer<typeof PartRow>;

/**
 * Refuses a backup while changes of rows wait in patch parts, which the engine puts into no backup: what is restored would be without them.
 * @param isHeld whether the backup is to hold a table.
 * @throws {SnapdeckError} `unapplied-changes`; nothing was copied then. `engine-failed`, `cluster-unreachable`
 */
export async function assertChangesApplied(
  ranks: readonly { readonly client: RankClient; readonly isHeld: (table: Omit<TablePart, "name">) => boolean }[],
): Promise<void> {
  const parts = await Promise.all(
    ranks.map(async ({ client, isHeld }) => (await readPatchedTables(client)).filter(isHeld)),
  );
  refuse(parts.flatMap(unapplied), "nothing was copied, and the data is as it is");
}

/**
 * The same of what an engine copied: a change may have come between the plan and the copy.
 * @param files the names of all files of the engine's backup.
 * @param patches what `readPatches` answered at some time after the engine had collected what to copy.
 * @throws {SnapdeckError} `unapplied-changes`
 */
export function refuseLostChanges(files: readonly { readonly name: string }[], patches: readonly TablePart[]): void {
  if (patches.length === 0) return;
  const patched = new Set(patches.map(tableOf));
  const copied = partsIn(files).filter((part) => patched.has(tableOf(part)));
  refuse(unapplied([...patches, ...copied]), "what was copied is not listed, and the cluster's data is not affected");
}

/** The patch parts of a rank, and those that the engine has replaced and not forgotten yet. */
export function readPatches(client: RankClient): Promise<TablePart[]> {
  return client.rows("telling which changes wait", PartRow, selectParts("startsWith(name, 'patch-')"));
}

/** All parts of the tables that have patch parts: of most clusters none. */
function readPatchedTables(client: RankClient): Promise<TablePart[]> {
  const where = `active AND (database, table) IN (
    SELECT database, table FROM system.parts WHERE active AND startsWith(name, 'patch-'))`;
  return client.rows("telling which changes wait", PartRow, selectParts(where));
}

function selectParts(where: string): string {
  return `SELECT part.database AS database, part.name AS name,
      multiIf(ifNull(view.name, '') != '', ifNull(view.name, ''), startsWith(part.table, '.inner.'), substring(part.table, 8),
        part.table) AS table
    FROM (SELECT database, table, name FROM system.parts WHERE ${where}) AS part
    LEFT JOIN (SELECT database, name, concat('.inner_id.', toString(uuid)) AS inner FROM system.tables
      WHERE engine = 'MaterializedView') AS view
    ON part.database = view.database AND part.table = view.inner
    ORDER BY database, table, name`;
}

/** The parts whose files a backup holds: `data/<database>/<table>/<part>/...`. */
function partsIn(files: readonly { readonly name: string }[]): TablePart[] {
  const found = new Map<string, TablePart>();
  for (const { name: path } of files) {
    const [root, database, table, name, leaf] = path.split("/");
    if (root !== "data" || database === undefined || table === undefined || name === undefined || leaf === undefined)
      continue;
    const key = `${database}/${table}/${name}`;
    if (!found.has(key)) found.set(key, { database: unescapeName(database), table: unescapeName(table), name });
  }
  return [...found.values()];
}

/** The tables, quoted, of which changes wait. */
function unapplied(parts: readonly TablePart[]): string[] {
  const names = new Map<string, string[]>();
  for (const part of parts) {
    const own = names.get(tableOf(part)) ?? [];
    own.push(part.name);
    names.set(tableOf(part), own);
  }
  return [...names].filter(([, own]) => hasUnappliedPatches(own)).map(([table]) => table);
}

function tableOf({ database, table }: Omit<TablePart, "name">): string {
  return quoteTable(database, table);
}

function refuse(found: readonly string[], outcome: string): void {
  const tables = [...new Set(found)].sort();
  if (tables.length === 0) return;
  const named = tables.slice(0, MAX_NAMED);
  const more = tables.length > MAX_NAMED ? ` and ${tables.length - MAX_NAMED} more` : "";
  const statements = named.map((table) => `ALTER TABLE ${table} APPLY PATCHES SETTINGS mutations_sync = 2`);
  throw new SnapdeckError(
    "unapplied-changes",
    `rows of ${named.join(", ")}${more} were changed by a lightweight UPDATE or DELETE, and the engine keeps those changes beside the rows: it puts them into no backup, so that a restore would lose them; ${outcome}`,
    { hint: `Have them applied, then take the backup again: ${statements.join("; ")}${more === "" ? "" : "; ..."}` },
  );
}
