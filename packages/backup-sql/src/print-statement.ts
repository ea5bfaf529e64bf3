import type { Statement } from "./ast/statement.ts";
import { printOwnStatement } from "./printing/print-own-statement.ts";
import { redactForeign } from "./printing/redact-foreign.ts";

/**
 * A statement in its canonical form: on one line, without a semicolon, clauses in the order of the vendor's pages, `DATA SINK
 * = name`, an object type before each object. Parsed again it is the same statement. It shows secrets.
 */
export function printStatement(statement: Statement): string {
  return statement.kind === "foreign" ? statement.text : printOwnStatement(statement, "whole");
}

/**
 * A statement for logs and the audit trail, its secrets replaced by `***`: identities, secrets, passwords, keys, tokens, the
 * parameters of a location. Of a statement for the engine, which may hold them anywhere, no text is shown at all.
 */
export function printRedacted(statement: Statement): string {
  return statement.kind === "foreign" ? redactForeign(statement.text) : printOwnStatement(statement, "redacted");
}
