import { dialectCommentExtent, engineCommentExtent, quotedExtent } from "./extents.ts";
import { Heredocs } from "./heredocs.ts";

/**
 * Whose rules of writing hold. The engine takes a backslash in quotes as an escape and knows heredocs, typographic quotes and
 * more kinds of comments; in the backup dialect, as in standard SQL, a backslash is a character like any other.
 */
export type Dialect = "backup" | "engine";

export type Lexeme = {
  /**
   * `text` is in single quotes or a heredoc, `name` in double quotes or backticks, `symbol` is any other single character, or
   * a comment without an end: left in its statement, it makes whoever reads that refuse it.
   */
  readonly kind: "space" | "comment" | "text" | "name" | "word" | "symbol";
  readonly start: number;
  readonly end: number;
};

const SPACE = /\s+/y;
const ENGINE_WORD = /[\w$]+/y;
/** Kinetica's names may hold `#`. */
const BACKUP_WORD = /[\w$][\w$#]*/y;

/** Cuts a script into lexemes. Any text can be cut: what is not closed reaches to the end. */
export class Scanner {
  readonly text: string;
  /** Characters looked at so far: the work done, which tests hold against the length of the script. */
  steps = 0;
  readonly #heredocs: Heredocs;

  constructor(text: string) {
    this.text = text;
    this.#heredocs = new Heredocs(text);
  }

  /** The lexeme at `start`, or undefined at the end of the script. */
  lexemeAt(start: number, dialect: Dialect): Lexeme | undefined {
    if (start >= this.text.length) return undefined;
    const { kind, end } = this.#cut(start, dialect);
    this.steps += end - start;
    return { kind, start, end };
  }

  #cut(start: number, dialect: Dialect): { kind: Lexeme["kind"]; end: number } {
    const character = this.text[start] ?? "";
    const engine = dialect === "engine";
    switch (character) {
      case "'":
        return { kind: "text", end: quotedExtent(this.text, start, character, engine).end };
      case '"':
      case "`":
        return { kind: "name", end: quotedExtent(this.text, start, character, engine).end };
      case "‘":
        if (engine) return { kind: "text", end: this.#behind("’", start) };
        break;
      case "“":
        if (engine) return { kind: "name", end: this.#behind("”", start) };
        break;
      case "$": {
        const end = engine ? this.#heredocs.endOf(start) : undefined;
        if (end !== undefined) return { kind: "text", end };
        break;
      }
    }
    const comment = engine ? engineCommentExtent(this.text, start) : dialectCommentExtent(this.text, start);
    if (comment !== undefined) return { kind: comment.closed ? "comment" : "symbol", end: comment.end };
    const space = this.#run(SPACE, start);
    if (space !== undefined) return { kind: "space", end: space };
    const word = this.#run(engine ? ENGINE_WORD : BACKUP_WORD, start);
    return word === undefined ? { kind: "symbol", end: start + 1 } : { kind: "word", end: word };
  }

  #behind(closing: string, start: number): number {
    const found = this.text.indexOf(closing, start);
    return found === -1 ? this.text.length : found + 1;
  }

  #run(pattern: RegExp, start: number): number | undefined {
    pattern.lastIndex = start;
    return pattern.test(this.text) ? pattern.lastIndex : undefined;
  }
}
