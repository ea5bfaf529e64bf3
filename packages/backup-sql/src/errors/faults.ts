import { MAX_ERRORS } from "../limits.ts";
import type { Span } from "../span.ts";
import type { SqlSyntaxError } from "../sql-syntax-error.ts";
import { excerptOf } from "./excerpt.ts";
import { placeOf } from "./line-index.ts";
import type { StatementSource } from "./statement-source.ts";

/** An error whose place is still one within its statement. */
export type Fault = Pick<SqlSyntaxError, "code" | "message" | "hint" | "found" | "expected" | "span">;

/** What is wrong with one statement, as far as anybody wants to read it. */
export class Faults {
  readonly source: StatementSource;
  readonly #faults: Fault[] = [];

  constructor(source: StatementSource) {
    this.source = source;
  }

  get isFull(): boolean {
    return this.#faults.length >= MAX_ERRORS;
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  add(fault: Fault): void {
    if (!this.isFull) this.#faults.push(fault);
  }

  /** The errors, in the order of their places in the script. */
  located(script: string, statement: Span): readonly SqlSyntaxError[] {
    const inScript = (span: Span): Span => ({ start: span.start + statement.start, end: span.end + statement.start });
    const hidden = this.#faults.length === 0 ? [] : this.source.hidden.map(inScript);
    return this.#faults
      .toSorted((one, other) => one.span.start - other.span.start)
      .map((fault) => {
        const span = inScript(fault.span);
        const { line, column } = placeOf(script, span.start);
        return { ...fault, span, line, column, excerpt: excerptOf(script, statement, span, hidden) };
      });
  }
}
