import type { Statement } from "../src/ast/statement.ts";
import { parseScript } from "../src/parse-script.ts";
import { renderSqlError, type SqlSyntaxError } from "../src/sql-syntax-error.ts";

/** The one statement of a script that is accepted. */
export function oneStatement(text: string): Statement {
  const script = parseScript(text);
  if (script.outcome === "refused") throw new Error(script.errors.map(renderSqlError).join("\n"));
  const [only, ...more] = script.statements;
  if (only === undefined || more.length > 0) throw new Error(`${script.statements.length} statements`);
  return only.statement;
}

/** The errors of a script; none if it is accepted. */
export function errorsOf(text: string): readonly SqlSyntaxError[] {
  const script = parseScript(text);
  return script.outcome === "refused" ? script.errors : [];
}

/** What an operator reads. */
export function readout(text: string): string {
  return errorsOf(text).map(renderSqlError).join("\n");
}
