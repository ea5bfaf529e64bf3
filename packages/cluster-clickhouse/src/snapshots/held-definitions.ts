import type { OpenDefinition } from "./read-object-definitions.ts";
import { tableKey } from "./take-intent.ts";
import type { ProvenTable } from "./take-proof.ts";

/** Engines that keep rows of their own on the disk, and put none of them into a backup. */
const KEPT_NOWHERE = ["Join", "Set", "EmbeddedRocksDB", "File", "TimeSeries"];

/**
 * The definitions with what the engines really wrote: rows as counted in the snapshot, and the text of a table that was altered while the
 * snapshot began as it stands in there.
 */
export function heldDefinitions(
  definitions: readonly OpenDefinition[],
  tables: readonly ProvenTable[],
): OpenDefinition[] {
  const held = new Map<string, ProvenTable[]>();
  for (const table of tables) {
    const key = `${table.database}\0${table.name}`;
    held.set(key, [...(held.get(key) ?? []), table]);
  }
  return definitions.map((definition) => {
    const found = held.get(tableKey(definition.ref) ?? "") ?? [];
    const [first] = found;
    if (first === undefined) return definition;
    const rows = found.reduce<number | undefined>(
      (sum, each) => (sum === undefined || each.rows === undefined ? undefined : sum + each.rows),
      0,
    );
    const counted = rows === undefined ? definition : { ...definition, rows };
    const text = first.ddl === undefined ? definition.text : withoutUuids(first.ddl);
    // Nobody looked whether the engine would hide anything of this one.
    return text === definition.text ? counted : { ...counted, text, isSecret: true };
  });
}

/** Says whose rows the engine leaves out of its backups; undefined when it does with none. */
export function leftOutWarning(
  definitions: readonly OpenDefinition[],
  tables: readonly ProvenTable[],
): string | undefined {
  const without = new Set(tables.filter(({ hasData }) => !hasData).map(({ database, name }) => `${database}\0${name}`));
  const leftOut = definitions
    .filter(({ ref, engine = "" }) => KEPT_NOWHERE.includes(engine) && without.has(tableKey(ref) ?? ""))
    .map(({ ref, engine }) => `${ref.schema}.${ref.name} (${engine})`);
  if (leftOut.length === 0) return undefined;
  return `the engine puts no rows of these tables into a backup, so the snapshot holds their definitions only: ${leftOut.join(", ")}`;
}

/** As `system.tables` prints a definition: the engine's backup says besides under which ids it keeps the table. */
function withoutUuids(ddl: string): string {
  return ddl.replace(/ UUID '[0-9a-f-]{36}'/, "").replace(/ TO INNER UUID '[0-9a-f-]{36}'/, "");
}
