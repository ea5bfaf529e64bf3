import type { Statement } from "./ast/statement.ts";
import { placeOf } from "./errors/line-index.ts";
import { splitScript } from "./lexing/split-script.ts";
import { MAX_ERRORS, MAX_SCRIPT_LENGTH, MAX_STATEMENT_LENGTH } from "./limits.ts";
import { parseStatement } from "./parsing/parse-statement.ts";
import type { Span } from "./span.ts";
import type { SqlSyntaxError } from "./sql-syntax-error.ts";

/** A statement, and where in the script it stands; the place is no part of the statement. */
export type ParsedStatement = { readonly statement: Statement; readonly span: Span };

/**
 * A script that was understood as a whole, or why it was not. There is nothing in between: of a script with an error, no
 * statement should run.
 */
export type ParsedScript =
  | { readonly outcome: "accepted"; readonly statements: readonly ParsedStatement[] }
  | { readonly outcome: "refused"; readonly errors: readonly [SqlSyntaxError, ...SqlSyntaxError[]] };

/**
 * Reads statements separated by `;`. Those of the backup dialect become trees; every other goes to the engine as it is and
 * is not judged here. Never throws: errors are returned, 20 of them at most, in the order of their places. Its work grows
 * with the length of the script, which may be 1 MiB (UTF-16 units) at most; a statement of the dialect may have 256 KiB.
 */
export function parseScript(text: string): ParsedScript {
  if (text.length > MAX_SCRIPT_LENGTH)
    return refused([tooLong(text, { start: 0, end: 0 }, "script", MAX_SCRIPT_LENGTH)]);
  const statements: ParsedStatement[] = [];
  const errors: SqlSyntaxError[] = [];
  for (const { dialect, span } of splitScript(text).pieces) {
    if (errors.length >= MAX_ERRORS) break;
    const source = text.slice(span.start, span.end);
    if (dialect === "engine") statements.push({ statement: { kind: "foreign", text: source }, span });
    else if (source.length > MAX_STATEMENT_LENGTH) {
      errors.push(tooLong(text, span, "statement", MAX_STATEMENT_LENGTH));
    } else {
      const { statement, faults } = parseStatement(source);
      if (statement === undefined) errors.push(...faults.located(text, span));
      else statements.push({ statement, span });
    }
  }
  return errors.length === 0 ? { outcome: "accepted", statements } : refused(errors.slice(0, MAX_ERRORS));
}

function refused(errors: readonly SqlSyntaxError[]): ParsedScript {
  const [first, ...rest] = errors;
  if (first === undefined) throw new Error("a script is refused for a reason");
  return { outcome: "refused", errors: [first, ...rest] };
}

function tooLong(text: string, span: Span, what: string, limit: number): SqlSyntaxError {
  const { line, column } = placeOf(text, span.start);
  const length = what === "script" ? text.length : span.end - span.start;
  return {
    code: "too-long",
    message: `the ${what} has ${length} characters, and may have ${limit}`,
    hint: "Load rows with the engine's own client, and name the schema (ALL = name) instead of each of its tables.",
    found: `${length} characters`,
    expected: [],
    span,
    line,
    column,
    excerpt: "",
  };
}
