/** One piece of a statement, in the engine's rules of writing. `value` is what it stands for: a name without its quotes, a text likewise. */
export type DdlToken = {
  readonly kind: "space" | "name" | "text" | "other";
  readonly text: string;
  readonly value: string;
};

const SPACE = /^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)/;
const WORD = /^[A-Za-z_][A-Za-z0-9_]*/;
/** Digits with what may follow them, so that `1.5` and `1e3` are no names. */
const NUMBER = /^\d[A-Za-z0-9_]*(?:\.\d[A-Za-z0-9_]*)?/;
const QUOTED = /^(?:`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*")/;
const TEXT = /^'(?:[^'\\]|\\[\s\S]|'')*'/;
const HEREDOC = /^(\$[A-Za-z0-9_]*\$)[\s\S]*?\1/;

/**
 * Takes a statement of the engine's own catalog apart. The texts of all tokens together are the statement.
 * Throws an Error at a quote that nothing closes.
 */
export function ddlTokens(statement: string): DdlToken[] {
  const tokens: DdlToken[] = [];
  for (let at = 0; at < statement.length; ) {
    const token = tokenAt(statement.slice(at));
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(rest: string): DdlToken {
  const found = (pattern: RegExp) => pattern.exec(rest)?.[0];
  const space = found(SPACE);
  if (space !== undefined) return { kind: "space", text: space, value: "" };
  const word = found(WORD);
  if (word !== undefined) return { kind: "name", text: word, value: word };
  const quoted = found(QUOTED);
  if (quoted !== undefined) return { kind: "name", text: quoted, value: unquoted(quoted) };
  const text = found(TEXT);
  if (text !== undefined) return { kind: "text", text, value: unquoted(text) };
  const heredoc = found(HEREDOC);
  if (heredoc !== undefined) {
    const mark = heredoc.slice(0, heredoc.indexOf("$", 1) + 1);
    return { kind: "text", text: heredoc, value: heredoc.slice(mark.length, -mark.length) };
  }
  const other = found(NUMBER) ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (["'", '"', "`"].includes(other)) throw new Error("a quote is not closed");
  return { kind: "other", text: other, value: other };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  b: "\b",
  f: "\f",
  a: "\x07",
  v: "\v",
};

function unquoted(quoted: string): string {
  const quote = quoted.charAt(0);
  return quoted
    .slice(1, -1)
    .replace(/\\x([0-9A-Fa-f]{2})|\\([\s\S])|(``|""|'')/g, (_, hex?: string, escaped?: string, doubled?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
      return doubled?.charAt(0) === quote ? quote : (doubled ?? "");
    });
}
