import { EmbeddedActionsParser, type TokenType, tokenMatcher } from "chevrotain";
import {
  Comma,
  Dot,
  Equals,
  KEYWORDS,
  LeftParenthesis,
  NumberLiteral,
  QuotedName,
  RightParenthesis,
  TextLiteral,
  TOKENS,
  Word,
} from "../lexing/tokens.ts";
import { type Span, spanOver } from "../span.ts";
import { EXPECTATIONS } from "./expectations.ts";
import { bareName, numberValue, qualifiedName, quotedName, textValue, tokenSpan } from "./raw-parts.ts";
import type { RawAssignment, RawName, RawObject, RawQualifiedName, RawValue } from "./raw-statement.ts";

/** No object type has more words. */
const MAX_TYPE_WORDS = 2;

type Wording = { readonly words: string; readonly span: Span };

/** The parts of which clauses are made. No rule leads back to itself, so that no input makes the parser recurse. */
export class PartsGrammar extends EmbeddedActionsParser {
  constructor() {
    super(TOKENS, { recoveryEnabled: false, maxLookahead: 1, errorMessageProvider: EXPECTATIONS });
  }

  /** One part of a name; `what` is what an error calls it. */
  protected readonly name = this.RULE(
    "name",
    (what: string): RawName =>
      this.OR({
        ERR_MSG: what,
        DEF: [{ ALT: () => bareName(this.CONSUME(Word)) }, { ALT: () => quotedName(this.CONSUME(QuotedName)) }],
      }),
  );

  protected readonly qualifiedName = this.RULE("qualifiedName", (what: string): RawQualifiedName => {
    const first = this.SUBRULE1(this.name, { ARGS: [what] });
    const second = this.OPTION(() => {
      this.CONSUME(Dot);
      return this.SUBRULE2(this.name, { ARGS: ["a name"] });
    });
    return this.ACTION(() => qualifiedName(first, second));
  });

  protected readonly value = this.RULE(
    "value",
    (): RawValue =>
      this.OR({
        ERR_MSG: "a value",
        DEF: [
          { ALT: () => textValue(this.CONSUME(TextLiteral)) },
          { ALT: () => numberValue(this.CONSUME(NumberLiteral)) },
          {
            ALT: () => {
              const bare = this.isNext(1, Word);
              const name = this.SUBRULE(this.qualifiedName, { ARGS: ["a value"] });
              return this.ACTION(() => ({ form: "name", bare, name, span: name.span }));
            },
          },
        ],
      }),
  );

  protected readonly assignedValue = this.RULE("assignedValue", (): RawValue => {
    this.CONSUME(Equals);
    return this.SUBRULE(this.value);
  });

  protected readonly assignments = this.RULE("assignments", (): readonly RawAssignment[] => {
    const assignments: RawAssignment[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      ERR_MSG: "the name of an option",
      DEF: () => {
        const { words, span } = this.SUBRULE(this.assignedName);
        assignments.push({ name: words, nameSpan: span, value: this.SUBRULE(this.assignedValue) });
      },
    });
    return assignments;
  });

  /** `BUCKET NAME`, `ssl.ca.location`, or either of them in quotes. */
  protected readonly assignedName = this.RULE(
    "assignedName",
    (): Wording =>
      this.OR({
        ERR_MSG: "the name of an option",
        DEF: [
          { ALT: () => this.SUBRULE(this.bareWords) },
          { ALT: () => wordingOf(quotedName(this.CONSUME(TextLiteral))) },
          { ALT: () => wordingOf(quotedName(this.CONSUME(QuotedName))) },
        ],
      }),
  );

  protected readonly bareWords = this.RULE("bareWords", (): Wording => {
    const first = this.CONSUME1(Word);
    let words = first.image;
    let span = tokenSpan(first);
    this.MANY(() => {
      const dot = this.OPTION(() => this.CONSUME(Dot)) === undefined ? " " : ".";
      const next = this.CONSUME2(Word);
      words += dot + next.image;
      span = spanOver(span, tokenSpan(next));
    });
    return { words, span };
  });

  protected readonly objects = this.RULE("objects", (): readonly RawObject[] => {
    const objects: RawObject[] = [];
    this.CONSUME(LeftParenthesis);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      ERR_MSG: "an object",
      DEF: () => {
        const type = this.OPTION({ GATE: () => this.#isTypeNext(), DEF: () => this.SUBRULE(this.objectType) });
        const name = this.SUBRULE(this.qualifiedName, { ARGS: ["the name of an object"] });
        objects.push(type === undefined ? { name } : { type, name });
      },
    });
    this.CONSUME(RightParenthesis);
    return objects;
  });

  protected readonly objectType = this.RULE("objectType", (): Wording => {
    const type = this.SUBRULE(this.bareWords);
    this.CONSUME(Equals);
    return type;
  });

  protected readonly options = this.RULE("options", (): readonly RawAssignment[] => {
    this.CONSUME(KEYWORDS.options);
    this.CONSUME(LeftParenthesis);
    const assignments = this.SUBRULE(this.assignments);
    this.CONSUME(RightParenthesis);
    return assignments;
  });

  /** A type is told from a name by the `=` behind it. One word more than a type has is let in, to be named in the error. */
  #isTypeNext(): boolean {
    for (let ahead = 2; ahead <= MAX_TYPE_WORDS + 2; ahead += 1) {
      if (this.isNext(ahead, Equals)) return true;
      if (!this.isNext(ahead, Word)) return false;
    }
    return false;
  }

  protected isNext(ahead: number, type: TokenType): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }
}

function wordingOf(name: RawName): Wording {
  return { words: name.text, span: name.span };
}
