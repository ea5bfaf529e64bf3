import { type IParserErrorMessageProvider, type TokenType, tokenLabel } from "chevrotain";
import { RightParenthesis, Word } from "../lexing/tokens.ts";

/** Stands for whatever may follow the clauses read so far, which depends on the statement. */
export const NEXT_CLAUSE = "next clause";

const SEPARATOR = "\n";

/** What was expected, one phrase for each way to go on, from the message of an error of the grammar. */
export function expectedBy(message: string): readonly string[] {
  return message.split(SEPARATOR);
}

function phrases(token: TokenType): readonly string[] {
  if (token === Word) return ["a name"];
  if (token === RightParenthesis) return [",", ")"];
  return [tokenLabel(token)];
}

function joined(tokens: readonly TokenType[]): string {
  return [...new Set(tokens.flatMap(phrases))].join(SEPARATOR);
}

/** Makes the grammar's errors say only what was expected: what was found, and where, is read from their tokens. */
export const EXPECTATIONS: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => joined([expected]),
  buildNotAllInputParsedMessage: () => NEXT_CLAUSE,
  buildNoViableAltMessage: ({ expectedPathsPerAlt, customUserDescription }) =>
    customUserDescription ?? joined(expectedPathsPerAlt.flatMap((paths) => paths.flatMap((path) => path.slice(0, 1)))),
  buildEarlyExitMessage: ({ expectedIterationPaths, customUserDescription }) =>
    customUserDescription ?? joined(expectedIterationPaths.flatMap((path) => path.slice(0, 1))),
};
