import { type IRecognitionException, type IToken, tokenMatcher } from "chevrotain";
import { didYouMean } from "../errors/did-you-mean.ts";
import { enumerate } from "../errors/enumerate.ts";
import type { Fault } from "../errors/faults.ts";
import type { StatementSource } from "../errors/statement-source.ts";
import { NumberLiteral, OpenComment, OpenName, OpenText, Star, Stray, TextLiteral, Word } from "../lexing/tokens.ts";
import type { Span } from "../span.ts";
import { expectedBy, NEXT_CLAUSE } from "./expectations.ts";
import type { Progress } from "./grammar.ts";
import { PREFIX_HINT } from "./read-target.ts";
import { ACTIONS, STATEMENT_FORMS } from "./statement-forms.ts";

/** What the grammar did not understand, in the words of the statement. */
export function syntaxFault(
  source: StatementSource,
  { token, message }: IRecognitionException,
  progress: Progress | undefined,
): Fault {
  const found = source.found(token);
  const expected = refined(expectedBy(message), progress);
  const meant = found === token.image ? didYouMean(found, expected.filter(isKeywords)) : undefined;
  const question = meant === undefined ? "" : `: did you mean ${meant}?`;
  const unclosed = [OpenText, OpenName, OpenComment].some((type) => tokenMatcher(token, type));
  const hint = hintFor(source, token, progress);
  return {
    code: unclosed ? "unclosed" : "unexpected",
    message: unclosed
      ? `${found} begins here`
      : `expected ${enumerate(expected.map(quoted), "or")}, found ${found}${question}`,
    ...(hint === undefined ? {} : { hint }),
    found,
    expected,
    span: unclosed ? openingOf(token) : source.spanOf(token),
  };
}

/** The quote, or the two characters of a comment, without what they have swallowed. */
function openingOf(token: IToken): Span {
  const start = token.startOffset;
  return { start, end: start + (tokenMatcher(token, OpenComment) ? 2 : 1) };
}

/** What may stand there in this statement, of all that may stand there in some statement. */
function refined(expected: readonly string[], progress: Progress | undefined): readonly string[] {
  if (progress === undefined) return expected;
  const { clauses } = STATEMENT_FORMS[progress.kind];
  const fitting = expected
    .flatMap((phrase) => (phrase === NEXT_CLAUSE ? nextClauses(progress) : [phrase]))
    .filter((phrase) => !(phrase === "SINK" && !clauses.includes("DATA SINK")))
    .filter((phrase) => !(phrase === "SOURCE" && !clauses.includes("DATA SOURCE")));
  return fitting.length > 0 ? fitting : nextClauses(progress);
}

/** The clauses that may still follow, and the end if nothing that is needed is missing. */
function nextClauses({ kind, clauses }: Progress): readonly string[] {
  const form = STATEMENT_FORMS[kind];
  const seen = new Set(clauses.map(({ clause }) => clause));
  const acts = ACTIONS.some((action) => seen.has(action));
  const next = form.clauses.filter((clause) => !seen.has(clause) && !(acts && ACTIONS.includes(clause)));
  const complete = form.required.every((clause) => seen.has(clause)) && (acts || kind !== "alter-backup");
  return complete ? [...next, "the end of the statement"] : next;
}

function isKeywords(phrase: string): boolean {
  return /^[A-Z ]+$/.test(phrase);
}

function quoted(phrase: string): string {
  return /^\W$/.test(phrase) ? `"${phrase}"` : phrase;
}

const QUOTE_HINT = "A quote inside of a text is written twice: 'it''s'.";
const BARE_HINT =
  "What holds more than letters, digits and _ stands in quotes: single ones for a text, double ones for a name.";

function hintFor(source: StatementSource, token: IToken, progress: Progress | undefined): string | undefined {
  if (tokenMatcher(token, OpenComment)) return "Comments nest: each /* needs a */ of its own.";
  if (tokenMatcher(token, OpenName)) return 'A quote inside of a quoted name is written twice: "a ""b""".';
  if (tokenMatcher(token, OpenText)) return QUOTE_HINT;
  const before = source.tokens[source.tokens.indexOf(token) - 1];
  if (before === undefined || before.startOffset + before.image.length !== token.startOffset) return undefined;
  if (tokenMatcher(before, TextLiteral)) return QUOTE_HINT;
  const bare = [Word, NumberLiteral];
  if (tokenMatcher(token, Star) && progress !== undefined && STATEMENT_FORMS[progress.kind].target === "backups") {
    return PREFIX_HINT;
  }
  const continued = [Word, NumberLiteral, Stray].some((type) => tokenMatcher(token, type));
  return continued && bare.some((type) => tokenMatcher(before, type)) ? BARE_HINT : undefined;
}
