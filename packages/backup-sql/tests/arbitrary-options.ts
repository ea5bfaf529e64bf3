import fc from "fast-check";
import type { QualifiedName } from "../src/ast/qualified-name.ts";
import type { OptionDefinition, OptionsOf, OptionTable, OptionValue } from "../src/options/option-table.ts";

/** Words of the dialect, names that need quotes, and names that hold the quotes themselves. */
export const arbitraryName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "orders",
    "backup",
    "BACKUP",
    "sink",
    "data",
    "type",
    "set",
    "with",
    "options",
    "if",
    "exists",
    "true",
  ),
  fc.constantFrom(
    "1st",
    "a b",
    'say "hi"',
    "back`tick",
    "dotted.name",
    "#tmp",
    "a#",
    "it's",
    "-- no",
    "/* no",
    "naïve",
    ";",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }).filter((name) => !/\p{Cc}/u.test(name)),
);

/** Any text at all, with much of what ends a text in other dialects. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    "'",
    "''",
    "it's",
    "\\",
    "\\'",
    "a\\",
    ";",
    "-- x",
    "/* x",
    "\n",
    "$a$",
    "true",
    "5",
    "***",
    "a = 'b'",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);

export const arbitraryQualifiedName: fc.Arbitrary<QualifiedName> = fc.record(
  { schema: arbitraryName, name: arbitraryName },
  { requiredKeys: ["name"] },
);

const mappedName = arbitraryName.filter((name) => !/[,:]/.test(name) && name.trim() === name);

function arbitraryValue(definition: OptionDefinition): fc.Arbitrary<OptionValue> {
  switch (definition.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.oneof(fc.integer({ min: definition.min }), fc.constantFrom(definition.min, Number.MAX_SAFE_INTEGER));
    case "snapshot id":
      return fc.oneof(fc.integer({ min: 1 }), fc.constantFrom(1_654_321_012_345, Number.MAX_SAFE_INTEGER));
    case "choice":
      return fc.constantFrom(...definition.choices);
    case "text":
      return arbitraryText;
    case "name":
      return arbitraryName;
    case "qualified name":
      return arbitraryQualifiedName;
    case "schema map":
      return fc.array(fc.record({ from: mappedName, to: mappedName }), { minLength: 1, maxLength: 4 });
  }
}

/** Any subset of a table's options; none of them only if `least` is 0. */
export function arbitraryOptions<T extends OptionTable>(table: T, least?: 0 | 1): fc.Arbitrary<OptionsOf<T>>;
export function arbitraryOptions(table: OptionTable, least: 0 | 1 = 0): fc.Arbitrary<Record<string, OptionValue>> {
  const entries = Object.entries(table).map(([key, definition]) =>
    arbitraryValue(definition).map((value): [string, OptionValue] => [key, value]),
  );
  return fc
    .subarray(entries, { minLength: least })
    .chain((chosen) => fc.tuple(...chosen))
    .map((chosen) => Object.fromEntries(chosen));
}
