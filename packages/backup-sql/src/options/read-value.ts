import type { QualifiedName } from "../ast/qualified-name.ts";
import { nameOf } from "../parsing/names.ts";
import type { RawValue } from "../parsing/raw-statement.ts";
import type { OptionDefinition, OptionValue, SchemaMapping } from "./option-table.ts";

/** The value of an option, or undefined if what was written cannot be one; `kindOfValue` says what can. */
export function readValue(definition: OptionDefinition, raw: RawValue): OptionValue | undefined {
  switch (definition.type) {
    case "boolean":
      return readBoolean(raw);
    case "integer":
      return readInteger(raw, definition.min);
    case "snapshot id":
      return readInteger(raw, 1);
    case "choice": {
      const written = textOf(raw)?.toUpperCase();
      return definition.choices.find((choice) => choice.toUpperCase() === written);
    }
    case "text":
      return textOf(raw);
    case "name":
      return raw.form === "name" && !raw.bare && raw.name.schema === undefined
        ? raw.name.name.text
        : nonEmpty(textOf(raw));
    case "qualified name":
      if (raw.form === "number") return undefined;
      return raw.form === "name" ? nameOf(raw.name) : readQualifiedName(raw.text);
    case "schema map":
      return readSchemaMap(textOf(raw) ?? "");
  }
}

/** What an option takes, as in `CHECKSUM takes TRUE or FALSE`. */
export function kindOfValue(definition: OptionDefinition): readonly string[] {
  switch (definition.type) {
    case "boolean":
      return ["TRUE", "FALSE"];
    case "integer":
      return [`a whole number of ${definition.min} or more`];
    case "snapshot id":
      return ["a snapshot id, a number of milliseconds"];
    case "choice":
      return definition.choices.map((choice) => `'${choice}'`);
    case "text":
      return ["text in single quotes"];
    case "name":
      return ["the name of a schema"];
    case "qualified name":
      return ["a name", "a schema and a name with a dot between them"];
    case "schema map":
      return ["pairs of schemas, as in 'from:to,from:to'"];
  }
}

function readBoolean(raw: RawValue): boolean | undefined {
  const written = textOf(raw)?.toUpperCase();
  if (written === "TRUE") return true;
  return written === "FALSE" ? false : undefined;
}

/** A whole number that is exact: the docs write them bare and in quotes. */
function readInteger(raw: RawValue, min: number): number | undefined {
  const written = textOf(raw) ?? "";
  if (!/^[+-]?\d{1,16}$/.test(written)) return undefined;
  const number = Number(written);
  return Number.isSafeInteger(number) && number >= min ? number + 0 : undefined;
}

/** What was written as text: quoted, a number, or one bare word. */
function textOf(raw: RawValue): string | undefined {
  if (raw.form !== "name") return raw.text;
  return raw.bare && raw.name.schema === undefined ? raw.name.name.text : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function readQualifiedName(text: string): QualifiedName | undefined {
  const [first, second, ...more] = text.split(".");
  if (!first || more.length > 0 || second === "") return undefined;
  return second === undefined ? { name: first } : { schema: first, name: second };
}

function readSchemaMap(text: string): readonly SchemaMapping[] | undefined {
  const mappings = text.split(",").map((pair) => pair.split(":").map((name) => name.trim()));
  if (mappings.some((names) => names.length !== 2 || names.includes(""))) return undefined;
  return mappings.map(([from = "", to = ""]) => ({ from, to }));
}
