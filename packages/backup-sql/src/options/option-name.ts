import type { OptionDefinition, OptionTable } from "./option-table.ts";

export type NamedOption = { readonly key: string; readonly definition: OptionDefinition };

const tablesByName = new WeakMap<OptionTable, ReadonlyMap<string, NamedOption>>();

/** One spelling for all of them: upper case, and underscores where spaces, dots or underscores were written. */
export function normalizedName(name: string): string {
  return name
    .trim()
    .replaceAll(/[\s._]+/g, "_")
    .toUpperCase();
}

/** The option of a table that a written name means. */
export function findOption(table: OptionTable, written: string): NamedOption | undefined {
  const byName = tablesByName.get(table) ?? indexed(table);
  tablesByName.set(table, byName);
  return byName.get(normalizedName(written));
}

function indexed(table: OptionTable): ReadonlyMap<string, NamedOption> {
  const byName = new Map<string, NamedOption>();
  for (const [key, definition] of Object.entries(table)) {
    for (const name of [definition.sql, ...(definition.aliases ?? [])])
      byName.set(normalizedName(name), { key, definition });
  }
  return byName;
}
