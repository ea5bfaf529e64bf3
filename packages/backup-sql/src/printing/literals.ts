import type { QualifiedName } from "../ast/qualified-name.ts";
import { isKeyword } from "../lexing/tokens.ts";

const PLAIN = /^[A-Za-z_]\w*$/;

/** A text in single quotes. */
export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name, in double quotes unless it is plain and no word of the dialect, so that it is one where words are reserved too. */
export function printName(name: string): string {
  return PLAIN.test(name) && !isKeyword(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function printQualifiedName({ schema, name }: QualifiedName): string {
  return schema === undefined ? printName(name) : `${printName(schema)}.${printName(name)}`;
}
