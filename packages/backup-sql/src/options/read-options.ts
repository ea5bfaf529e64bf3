import { didYouMean } from "../errors/did-you-mean.ts";
import { enumerate } from "../errors/enumerate.ts";
import type { Faults } from "../errors/faults.ts";
import type { RawAssignment } from "../parsing/raw-statement.ts";
import { findOption } from "./option-name.ts";
import { ownersOf } from "./option-owners.ts";
import type { OptionsOf, OptionTable, OptionValue } from "./option-table.ts";
import { kindOfValue, readValue } from "./read-value.ts";

/** Reads options by the table of their statement. What is not in it, twice or of the wrong type is added to the faults. */
export function readOptions<T extends OptionTable>(
  table: T,
  assignments: readonly RawAssignment[],
  statement: string,
  faults: Faults,
): OptionsOf<T>;
export function readOptions(
  table: OptionTable,
  assignments: readonly RawAssignment[],
  statement: string,
  faults: Faults,
): Readonly<Record<string, OptionValue>> {
  const options = new Map<string, OptionValue>();
  for (const { name, nameSpan, value } of assignments) {
    if (faults.isFull) break;
    const found = findOption(table, name);
    if (found === undefined) {
      addUnknown(table, { name, nameSpan }, statement, faults);
      continue;
    }
    const { key, definition } = found;
    const read = readValue(definition, value);
    if (options.has(key)) {
      const message = `${definition.sql} is given twice`;
      faults.add({ code: "option", message, found: definition.sql, expected: [], span: nameSpan });
    } else if (read === undefined) {
      const expected = kindOfValue(definition);
      const shown = faults.source.shown(value.span);
      const message = `${definition.sql} takes ${enumerate(expected, "or")}, not ${shown}`;
      faults.add({ code: "value", message, found: shown, expected, span: value.span });
    } else options.set(key, read);
  }
  return Object.fromEntries(options);
}

function addUnknown(
  table: OptionTable,
  { name, nameSpan }: Pick<RawAssignment, "name" | "nameSpan">,
  statement: string,
  faults: Faults,
): void {
  const shown = faults.source.shown(nameSpan);
  const allowed = Object.values(table).map(({ sql }) => sql);
  const owners = ownersOf(name);
  const meant = owners.length === 0 ? didYouMean(name, allowed) : undefined;
  const question = meant === undefined ? "" : `: did you mean ${meant}?`;
  const message =
    owners.length === 0
      ? `${statement} has no option ${shown}${question}`
      : `${shown} is an option of ${enumerate(owners, "and")}, not of ${statement}`;
  const hint = `It takes ${enumerate(allowed, "and")}.`;
  faults.add({ code: "option", message, hint, found: shown, expected: allowed, span: nameSpan });
}
