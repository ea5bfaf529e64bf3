import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import * as T from "../lexing/tokens.ts";
import { tokenSpan } from "../parsing/raw-parts.ts";
import type { Span } from "../span.ts";
import { hidesInLocation, isDialectWord, isSecretOption, soundsSecret } from "./secret-names.ts";

/** The longest name of an option has five words, dots counted. */
const MAX_NAME_TOKENS = 5;
const PUNCTUATION = [T.LeftParenthesis, T.RightParenthesis, T.Comma, T.Equals, T.Dot, T.Star];

/**
 * What no error may show of a statement. Secrets are told by the name before them. Where a statement may hold some, every
 * value goes whose name is not known to be harmless: the name of a secret may be misspelled. From the first hidden value on,
 * only the dialect's own words and punctuation are shown, and nothing more once something stands behind it that does not
 * belong there: a quote inside of a secret may have ended it too early.
 */
export function hiddenSpans(text: string, tokens: readonly IToken[]): readonly Span[] {
  const guarded = mayHoldSecrets(tokens);
  const hidden: Span[] = guarded ? comments(text, tokens) : [];
  let hiding = false;
  for (const [index, token] of tokens.entries()) {
    const secret = isValue(tokens, index) && isSecretValue(tokens, index, guarded);
    if (!secret && !(hiding && isForeignWord(token))) continue;
    hiding = true;
    if (!goesOn(tokens, index + 1)) return [...hidden, { start: token.startOffset, end: text.length }];
    hidden.push(tokenSpan(token));
  }
  return hidden;
}

/** Sinks, sources and credentials are created and altered with secrets. */
function mayHoldSecrets(tokens: readonly IToken[]): boolean {
  if (!is(tokens[0], T.KEYWORDS.create) && !is(tokens[0], T.KEYWORDS.alter)) return false;
  const start = is(tokens[1], T.KEYWORDS.or) ? 3 : 1;
  const noun = is(tokens[start], T.KEYWORDS.external) ? tokens[start + 1] : tokens[start];
  return is(noun, T.KEYWORDS.credential) || is(noun, T.KEYWORDS.data);
}

/** Whatever stands between two tokens and is not space. */
function comments(text: string, tokens: readonly IToken[]): Span[] {
  const gaps = tokens.map((token, index) => ({
    start: token.startOffset + token.image.length,
    end: tokens[index + 1]?.startOffset ?? text.length,
  }));
  return gaps.filter(({ start, end }) => text.slice(start, end).trim() !== "");
}

function isValue(tokens: readonly IToken[], index: number): boolean {
  return isText(tokens[index]) || is(tokens[index - 1], T.Equals);
}

function isSecretValue(tokens: readonly IToken[], index: number, guarded: boolean): boolean {
  if (is(tokens[index + 1], T.Equals)) return false;
  const words = wordsBefore(tokens, is(tokens[index - 1], T.Equals) ? index - 1 : index);
  if (!guarded) return soundsSecret(words.slice(-2).join(" "));
  for (let length = words.length; length > 0; length -= 1) {
    const name = words.slice(-length).join(" ");
    const known = isSecretOption(name);
    if (known === undefined) continue;
    return known || (name.toUpperCase() === "LOCATION" && hidesInLocation(tokens[index]?.image ?? ""));
  }
  return true;
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

function isForeignWord(token: IToken): boolean {
  if (is(token, T.Word)) return !isDialectWord(token.image);
  return !PUNCTUATION.some((type) => is(token, type));
}

/** Whether what stands behind a value may stand there. */
function goesOn(tokens: readonly IToken[], index: number): boolean {
  const [next, second] = [tokens[index], tokens[index + 1]];
  if (next === undefined || is(next, T.Comma) || is(next, T.RightParenthesis) || is(next, T.Equals)) return true;
  if (!is(next, T.Word) || !isDialectWord(next.image)) return false;
  return is(second, T.Equals) || (is(next, T.KEYWORDS.with) && is(second, T.KEYWORDS.options));
}

function isText(token: IToken | undefined): boolean {
  return is(token, T.TextLiteral) || is(token, T.OpenText);
}

function is(token: IToken | undefined, type: TokenType): boolean {
  return token !== undefined && tokenMatcher(token, type);
}
