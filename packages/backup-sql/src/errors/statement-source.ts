import { EOF, type IToken, tokenMatcher } from "chevrotain";
import { OpenComment, OpenName, OpenText } from "../lexing/tokens.ts";
import { tokenSpan } from "../parsing/raw-parts.ts";
import { overlaps, type Span } from "../span.ts";
import { hiddenInMisunderstood, hiddenInUnderstood } from "./hidden-spans.ts";
import { printable } from "./printable.ts";

/** How much of what was found a message repeats. */
const MAX_FOUND_LENGTH = 40;

/** The text of one statement, and how much of it an error may repeat. Offsets are those within the statement. */
export class StatementSource {
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly #culprit: IToken | undefined;
  #hidden: readonly Span[] | undefined;

  /** `culprit` is the token that the grammar did not understand, if there is one. */
  constructor(text: string, tokens: readonly IToken[], culprit: IToken | undefined) {
    this.text = text;
    this.tokens = tokens;
    this.#culprit = culprit;
  }

  get hidden(): readonly Span[] {
    this.#hidden ??=
      this.#culprit === undefined
        ? hiddenInUnderstood(this.text, this.tokens)
        : hiddenInMisunderstood(this.text, this.tokens, this.#culprit);
    return this.#hidden;
  }

  get end(): Span {
    return { start: this.text.length, end: this.text.length };
  }

  /** A stretch of the statement for a message, shortened and without secrets. */
  shown(span: Span): string {
    if (this.hidden.some((hidden) => overlaps(hidden, span))) return "text that is not shown";
    const text = printable(this.text.slice(span.start, span.end));
    return text.length > MAX_FOUND_LENGTH ? `${text.slice(0, MAX_FOUND_LENGTH)}...` : text;
  }

  spanOf(token: IToken): Span {
    return tokenMatcher(token, EOF) ? this.end : tokenSpan(token);
  }

  found(token: IToken): string {
    if (tokenMatcher(token, EOF)) return "the end of the statement";
    if (tokenMatcher(token, OpenText)) return "a text without an end";
    if (tokenMatcher(token, OpenName)) return "a name without an end";
    if (tokenMatcher(token, OpenComment)) return "a comment without an end";
    return this.shown(tokenSpan(token));
  }
}
