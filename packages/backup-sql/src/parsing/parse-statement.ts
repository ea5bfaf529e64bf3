import type { OwnStatement } from "../ast/statement.ts";
import { Faults } from "../errors/faults.ts";
import { StatementSource } from "../errors/statement-source.ts";
import { backupLexer } from "../lexing/tokens.ts";
import { buildStatement } from "./build-statement.ts";
import { checkShape } from "./check-shape.ts";
import { grammar } from "./grammar.ts";
import { StatementParts } from "./statement-parts.ts";
import { syntaxFault } from "./syntax-fault.ts";

/** Reads one statement of the backup dialect. There is a statement, or there are faults. */
export function parseStatement(text: string): {
  readonly statement: OwnStatement | undefined;
  readonly faults: Faults;
} {
  const { tokens } = backupLexer.tokenize(text);
  grammar.input = tokens;
  const raw = grammar.statement();
  const [error] = grammar.errors;
  const faults = new Faults(new StatementSource(text, tokens, error?.token));
  if (error !== undefined) {
    faults.add(syntaxFault(faults.source, error, grammar.progress));
    return { statement: undefined, faults };
  }
  checkShape(raw, faults);
  const statement = buildStatement(raw.kind, new StatementParts(raw, faults));
  return { statement: faults.isEmpty ? statement : undefined, faults };
}
