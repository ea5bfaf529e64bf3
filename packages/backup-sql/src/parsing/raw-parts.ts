import type { IToken } from "chevrotain";
import type { Span } from "../span.ts";
import { spanOver } from "../span.ts";
import type { RawName, RawQualifiedName, RawValue } from "./raw-statement.ts";

/** The span of a token within its statement. */
export function tokenSpan(token: IToken): Span {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

export function bareName(token: IToken): RawName {
  return { text: token.image, span: tokenSpan(token) };
}

export function quotedName(token: IToken): RawName {
  return { text: unquoted(token.image), span: tokenSpan(token) };
}

export function textValue(token: IToken): RawValue {
  return { form: "text", text: unquoted(token.image), span: tokenSpan(token) };
}

export function numberValue(token: IToken): RawValue {
  return { form: "number", text: token.image, span: tokenSpan(token) };
}

export function qualifiedName(first: RawName, second: RawName | undefined): RawQualifiedName {
  if (second === undefined) return { name: first, span: first.span };
  return { schema: first, name: second, span: spanOver(first.span, second.span) };
}

/** What stands between the quotes of a closed text or name; a doubled quote is one. */
function unquoted(image: string): string {
  const quote = image.slice(0, 1);
  return image.slice(1, -1).replaceAll(quote + quote, quote);
}
