import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import * as T from "../lexing/tokens.ts";
import { tokenSpan } from "../parsing/raw-parts.ts";
import type { Span } from "../span.ts";
import { hidesInLocation, isDialectWord, isNearDialectWord, isSecretOption, soundsSecret } from "./secret-names.ts";

/** The longest name of an option has five words, dots counted. */
const MAX_NAME_TOKENS = 5;
const PUNCTUATION = [T.LeftParenthesis, T.RightParenthesis, T.Comma, T.Equals, T.Dot, T.Star];

/**
 * What no error may show of a statement that the grammar has understood. Secrets are told by the name before them; where a
 * statement may hold some, every value goes whose name is not known to be harmless, since that of a secret may be misspelled.
 */
export function hiddenInUnderstood(text: string, tokens: readonly IToken[]): readonly Span[] {
  const guarded = subjectEnd(tokens) !== undefined;
  const secrets = tokens.filter((_token, index) => isValue(tokens, index) && isSecretValue(tokens, index, guarded));
  return [...(guarded ? commentSpans(text, tokens) : []), ...secrets.map(tokenSpan)];
}

/**
 * What no error may show of a statement that the grammar has not understood. A quote too much or too few turns texts inside
 * out, and no name tells any more what is secret. So if there may be a secret at all, only the statement's subject and the
 * dialect's own words and punctuation are shown, and `culprit`, the token that was not understood, if it is a misspelled one.
 */
export function hiddenInMisunderstood(text: string, tokens: readonly IToken[], culprit: IToken): readonly Span[] {
  const comments = commentSpans(text, tokens);
  const shownUntil = subjectEnd(tokens) ?? (saysSecret(text, tokens, comments) ? 0 : undefined);
  if (shownUntil === undefined) return [];
  const hidden = tokens.filter((token, index) => {
    const isName = is(token, T.Word) && (index < shownUntil || (token === culprit && isNearDialectWord(token.image)));
    return isForeign(token) && !isName;
  });
  return [...comments, ...hidden.map(tokenSpan)];
}

/**
 * Sinks, sources and credentials are created and altered with secrets. Where the name of the one that is ends, as an index;
 * undefined for other statements.
 */
function subjectEnd(tokens: readonly IToken[]): number | undefined {
  if (!is(tokens[0], T.KEYWORDS.create) && !is(tokens[0], T.KEYWORDS.alter)) return undefined;
  const start = is(tokens[1], T.KEYWORDS.or) ? 3 : 1;
  const noun = is(tokens[start], T.KEYWORDS.external) ? start + 1 : start;
  if (!is(tokens[noun], T.KEYWORDS.credential) && !is(tokens[noun], T.KEYWORDS.data)) return undefined;
  const name = is(tokens[noun], T.KEYWORDS.credential) ? noun + 1 : noun + 2;
  if (!is(tokens[name], T.Word)) return name;
  return is(tokens[name + 1], T.Dot) && is(tokens[name + 2], T.Word) ? name + 3 : name + 1;
}

/** Whether a name of a value sounds secret, or anything that quotes or comments hold: they may have swallowed one. */
function saysSecret(text: string, tokens: readonly IToken[], comments: readonly Span[]): boolean {
  if (comments.some(({ start, end }) => soundsSecret(text.slice(start, end)))) return true;
  return tokens.some((token, index) => {
    const names = is(token, T.Word)
      ? is(tokens[index + 1], T.Equals) || isText(tokens[index + 1])
      : !isPunctuation(token);
    return names && soundsSecret(token.image);
  });
}

/** Whatever stands between two tokens and is not space. */
function commentSpans(text: string, tokens: readonly IToken[]): Span[] {
  const gaps = tokens.map((token, index) => ({
    start: token.startOffset + token.image.length,
    end: tokens[index + 1]?.startOffset ?? text.length,
  }));
  return gaps.filter(({ start, end }) => text.slice(start, end).trim() !== "");
}

function isValue(tokens: readonly IToken[], index: number): boolean {
  return is(tokens[index - 1], T.Equals) && !is(tokens[index + 1], T.Equals);
}

function isSecretValue(tokens: readonly IToken[], index: number, guarded: boolean): boolean {
  const words = wordsBefore(tokens, index - 1);
  if (!guarded) return soundsSecret(words.slice(-2).join(" "));
  for (let length = words.length; length > 0; length -= 1) {
    const name = words.slice(-length).join(" ");
    const known = isSecretOption(name);
    if (known === undefined) continue;
    const image = tokens[index]?.image ?? "";
    return known || !isPlain(image) || (name.toUpperCase() === "LOCATION" && hidesInLocation(image));
  }
  return true;
}

/** Whether a value is one word, number or address: a text that holds more may have swallowed the clauses behind it, secrets and all. */
function isPlain(image: string): boolean {
  return /^'?[\w.:/@?;*-]*'?$/.test(image);
}

/** The words of a name, or the text that is one, which end before a token. */
function wordsBefore(tokens: readonly IToken[], end: number): readonly string[] {
  const last = tokens[end - 1];
  if (last !== undefined && (isText(last) || is(last, T.QuotedName))) return [last.image.slice(1, -1)];
  const words: string[] = [];
  for (let index = end - 1; index >= 0 && words.length < MAX_NAME_TOKENS; index -= 1) {
    const token = tokens[index];
    if (token !== undefined && is(token, T.Word)) words.unshift(token.image);
    else if (!is(token, T.Dot)) break;
  }
  return words;
}

function isForeign(token: IToken): boolean {
  return is(token, T.Word) ? !isDialectWord(token.image) : !isPunctuation(token);
}

function isPunctuation(token: IToken): boolean {
  return PUNCTUATION.some((type) => is(token, type));
}

function isText(token: IToken | undefined): boolean {
  return is(token, T.TextLiteral) || is(token, T.OpenText);
}

function is(token: IToken | undefined, type: TokenType): boolean {
  return token !== undefined && tokenMatcher(token, type);
}
