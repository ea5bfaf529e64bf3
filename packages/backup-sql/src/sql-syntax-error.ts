import type { Span } from "./span.ts";

/**
 * What is wrong, for a program: `too-long` the script or one statement of it; `unclosed` a quote or comment; `unexpected` a
 * word where another must stand; `clause` one that is missing, given twice or not of this statement; `option` one that is
 * unknown, given twice or not of this statement; `value` one of the wrong type; `name` one that cannot name what it should.
 */
export type SqlErrorCode = "too-long" | "unclosed" | "unexpected" | "clause" | "option" | "value" | "name";

/**
 * Why a script was not accepted. A plain value, since a script may hold several; none of its texts shows a secret, and all
 * of them are safe to print to a terminal.
 */
export type SqlSyntaxError = {
  readonly code: SqlErrorCode;
  /** What is wrong, in lower case, without the place. */
  readonly message: string;
  /** What to do about it, a sentence. */
  readonly hint?: string;
  /** What stands there. */
  readonly found: string;
  /** What may stand there, one phrase for each; empty where nothing may. */
  readonly expected: readonly string[];
  readonly span: Span;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** The line, and below it the place underlined; empty where no line helps. */
  readonly excerpt: string;
};

/** The error as an operator reads it: place and message, the line with the place underlined, and the hint. */
export function renderSqlError(error: SqlSyntaxError): string {
  const lines = [`line ${error.line}, column ${error.column}: ${error.message}`];
  if (error.excerpt !== "") lines.push(error.excerpt);
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join("\n");
}
