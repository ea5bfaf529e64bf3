import type { OpenDefinition } from "./read-object-definitions.ts";
import { tableKey } from "./take-intent.ts";
import type { ProvenTable } from "./take-proof.ts";

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

/** As `system.tables` prints a definition: the engine's backup says besides under which ids it keeps the table. */
function withoutUuids(ddl: string): string {
  return ddl.replace(/ UUID '[0-9a-f-]{36}'/, "").replace(/ TO INNER UUID '[0-9a-f-]{36}'/, "");
}
