import { EOF, type IRecognitionException, type IToken, tokenMatcher } from "chevrotain";
import { didYouMean } from "../errors/did-you-mean.ts";
import { enumerate } from "../errors/enumerate.ts";
import type { Fault } from "../errors/faults.ts";
import type { StatementSource } from "../errors/statement-source.ts";
import { NumberLiteral, OpenComment, OpenName, OpenText, Stray, TextLiteral, Word } from "../lexing/tokens.ts";
import { expectedBy, NEXT_CLAUSE } from "./expectations.ts";
import type { Progress } from "./grammar.ts";
import { STATEMENT_FORMS } from "./statement-forms.ts";

/** What the grammar did not understand, in the words of the statement. */
export function syntaxFault(
  source: StatementSource,
  { token, message, previousToken }: IRecognitionException & { readonly previousToken?: IToken },
  progress: Progress | undefined,
): Fault {
  const found = source.found(token);
  const expected = refined(expectedBy(message), progress);
  const meant = tokenMatcher(token, Word) ? didYouMean(token.image, expected) : undefined;
  const unclosed = [OpenText, OpenName, OpenComment].some((type) => tokenMatcher(token, type));
  const hint = hintFor(token, previousToken);
  return {
    code: unclosed ? "unclosed" : "unexpected",
    message: unclosed
      ? `${found} begins here`
      : `expected ${enumerate(expected.map(quoted), "or")}, found ${found}${meant === undefined ? "" : `: did you mean ${meant}?`}`,
    ...(hint === undefined ? {} : { hint }),
    found,
    expected,
    span: source.spanOf(token),
  };
}

/** What may stand there in this statement, of all that may stand there in some statement. */
function refined(expected: readonly string[], progress: Progress | undefined): readonly string[] {
  if (progress === undefined) return expected;
  const { clauses } = STATEMENT_FORMS[progress.kind];
  return expected
    .flatMap((phrase) => (phrase === NEXT_CLAUSE ? nextClauses(progress) : [phrase]))
    .filter((phrase) => !(phrase === "SINK" && !clauses.includes("DATA SINK")))
    .filter((phrase) => !(phrase === "SOURCE" && !clauses.includes("DATA SOURCE")));
}

/** The clauses that may still follow, and the end if nothing that is needed is missing. */
function nextClauses({ kind, clauses }: Progress): readonly string[] {
  const form = STATEMENT_FORMS[kind];
  const seen = new Set(clauses.map(({ clause }) => clause));
  const missing = form.required.some((clause) => !seen.has(clause));
  return [...form.clauses.filter((clause) => !seen.has(clause)), ...(missing ? [] : ["the end of the statement"])];
}

function quoted(phrase: string): string {
  return /^\W$/.test(phrase) ? `"${phrase}"` : phrase;
}

function hintFor(token: IToken, previous: IToken | undefined): string | undefined {
  if (tokenMatcher(token, OpenComment)) return "Comments nest: each /* needs a */ of its own.";
  if (tokenMatcher(token, OpenName)) return 'A quote inside of a quoted name is written twice: "a ""b""".';
  if (tokenMatcher(token, OpenText)) return QUOTE_HINT;
  if (previous === undefined || tokenMatcher(token, EOF)) return undefined;
  const touches = previous.startOffset + previous.image.length === token.startOffset;
  if (!touches) return undefined;
  if (tokenMatcher(previous, TextLiteral)) return QUOTE_HINT;
  const isValue = tokenMatcher(previous, Word) || tokenMatcher(previous, NumberLiteral);
  const isPart = tokenMatcher(token, Stray) || tokenMatcher(token, NumberLiteral) || tokenMatcher(token, Word);
  return isValue && isPart
    ? "Put a value in single quotes, and a name in double quotes, if it holds more than letters, digits and _."
    : undefined;
}

const QUOTE_HINT = "A quote inside of a text is written twice: 'it''s'.";
