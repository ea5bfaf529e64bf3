import type { OptionDefinition, OptionTable, OptionValue } from "../options/option-table.ts";
import { type Disclosure, MASK, redactLocation } from "./disclosure.ts";
import { printQualifiedName, printText } from "./literals.ts";

type Options = Readonly<Record<string, OptionValue | undefined>>;

/** `WITH OPTIONS (...)` with a space before it, or nothing where no option is given. */
export function printOptions(table: OptionTable, options: Options, disclosure: Disclosure): string {
  const assignments = printAssignments(table, options, disclosure);
  return assignments === "" ? "" : ` WITH OPTIONS (${assignments})`;
}

/** Options in the order of their table, which is that of the vendor's pages. */
export function printAssignments(table: OptionTable, options: Options, disclosure: Disclosure): string {
  return Object.entries(table)
    .flatMap(([key, definition]) => {
      const value = options[key];
      return value === undefined
        ? []
        : [`${printOptionName(definition.sql)} = ${printed(definition, value, disclosure)}`];
    })
    .join(", ");
}

function printOptionName(sql: string): string {
  return sql.includes(".") ? printText(sql) : sql;
}

function printed(definition: OptionDefinition, value: OptionValue, disclosure: Disclosure): string {
  if (disclosure === "whole") return printValue(value);
  if (definition.secret) return printText(MASK);
  return definition.sql === "LOCATION" && typeof value === "string"
    ? printText(redactLocation(value))
    : printValue(value);
}

function printValue(value: OptionValue): string {
  if (typeof value === "string") return printText(value);
  if (typeof value !== "object") return String(value);
  if ("name" in value) return printReference(value);
  return printText(value.map(({ from, to }) => `${from}:${to}`).join(","));
}

/** The vendor writes the credential of a sink in single quotes, which a dot within a name would make ambiguous. */
function printReference(value: { readonly schema?: string; readonly name: string }): string {
  const parts = value.schema === undefined ? [value.name] : [value.schema, value.name];
  return parts.some((part) => part.includes(".")) ? printQualifiedName(value) : printText(parts.join("."));
}
