/** A piece of SQL text; `start` and `end` are offsets into it. White space and comments are no tokens. */
export type SqlToken = {
  kind: "word" | "string" | "quoted" | "number" | "sign";
  start: number;
  end: number;
  /** How many brackets are open around it. An opening and its closing bracket have the depth of what is around them. */
  depth: number;
};

const SPACE = /\s/;
const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]/;
const NUMBER = /[A-Za-z0-9_.]/;

/** Where a text in quotes ends. ClickHouse knows both ways to write a quote in it: after a backslash, and twice. */
function endOfQuoted(sql: string, start: number): number {
  const quote = sql[start];
  let at = start + 1;
  while (at < sql.length) {
    if (sql[at] === "\\") at += 2;
    else if (sql[at] !== quote) at += 1;
    else if (sql[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return sql.length;
}

function endOfLine(sql: string, start: number): number {
  const newline = sql.indexOf("\n", start);
  return newline === -1 ? sql.length : newline + 1;
}

/** The offset behind a comment that starts at `at`, or `at` when none does. */
function skipComment(sql: string, at: number): number {
  const two = sql.slice(at, at + 2);
  if (two === "--" || two === "#!" || two === "# ") return endOfLine(sql, at);
  if (two !== "/*") return at;
  const end = sql.indexOf("*/", at + 2);
  return end === -1 ? sql.length : end + 2;
}

/** Where a heredoc (`$tag$...$tag$`) ends, or `undefined` when none starts here. */
function endOfHeredoc(sql: string, start: number): number | undefined {
  const tag = /^\$\w*\$/.exec(sql.slice(start, start + 64))?.[0];
  if (tag === undefined) return undefined;
  const end = sql.indexOf(tag, start + tag.length);
  return end === -1 ? sql.length : end + tag.length;
}

function endOfRun(sql: string, start: number, pattern: RegExp): number {
  let at = start + 1;
  while (at < sql.length && pattern.test(sql.charAt(at))) at += 1;
  return at;
}

/**
 * Cuts SQL into tokens, lazily: behind `FORMAT Native` of an INSERT come bytes that are no SQL, and the caller stops there.
 * It knows just enough of ClickHouse's lexer to find the clauses of a statement; whether the statement makes sense is for the
 * engine to say.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  let depth = 0;
  while (at < sql.length) {
    const char = sql.charAt(at);
    const behindComment = skipComment(sql, at);
    if (behindComment > at) at = behindComment;
    else if (SPACE.test(char)) at += 1;
    else {
      const start = at;
      const heredocEnd = char === "$" ? endOfHeredoc(sql, at) : undefined;
      let kind: SqlToken["kind"] = "sign";
      if (char === "'" || heredocEnd !== undefined) {
        kind = "string";
        at = heredocEnd ?? endOfQuoted(sql, at);
      } else if (char === '"' || char === "`") {
        kind = "quoted";
        at = endOfQuoted(sql, at);
      } else if (WORD_START.test(char)) {
        kind = "word";
        at = endOfRun(sql, at, WORD);
      } else if (char >= "0" && char <= "9") {
        kind = "number";
        at = endOfRun(sql, at, NUMBER);
      } else at += 1;
      if (kind === "sign" && ")]}".includes(char)) depth = Math.max(0, depth - 1);
      yield { kind, start, end: at, depth };
      if (kind === "sign" && "([{".includes(char)) depth += 1;
    }
  }
}
