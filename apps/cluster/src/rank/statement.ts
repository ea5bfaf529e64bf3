import { EngineError } from "./engine-error.ts";
import { type SqlToken, sqlTokens } from "./sql-tokens.ts";

type Found = {
  /** Of `query`: the one format clause that may stand at its end. */
  formatClause?: { start: number; end: number };
  /** The format that the statement itself asks for. */
  format?: string;
};

/** What kind of statement it is, which decides how it is run. Offsets are into the SQL text. */
export type Statement =
  /** Its rows are streamed. */
  | ({ kind: "query"; end: number } & Found)
  /** Its rows come in the request, from `dataStart` on. `sourceAt`: where FROM INFILE belongs. */
  | { kind: "insert"; sourceAt: number; settings: string; format: string; dataStart: number }
  /** Everything else: runs as it is, and its (short) answer is held in memory. */
  | ({ kind: "other"; firstWord: string; end: number } & Found);

type Word = { text: string; token: SqlToken; index: number };

function refuse(code: number, name: string, text: string): never {
  throw new EngineError(code, name, text);
}

/** The offset at which the data of `INSERT ... FORMAT x` starts: behind blanks and at most one line end, as ClickHouse has it. */
function dataStartBehindFormat(sql: string, end: number): number {
  let at = end;
  while (" \t\f".includes(sql.charAt(at)) && at < sql.length) at += 1;
  if (sql.charAt(at) === "\r" && sql.charAt(at + 1) === "\n") return at + 2;
  return sql.charAt(at) === "\n" ? at + 1 : at;
}

/** Reads an INSERT up to the point where its data starts; undefined when it has none (INSERT ... SELECT). */
function insertWithData(sql: string): Statement | undefined {
  let settingsAt: number | undefined;
  let formatAt: number | undefined;
  let selects = false;
  let previous = "";
  for (const token of sqlTokens(sql)) {
    const text = sql.slice(token.start, token.end);
    if (selects && previous === "INPUT" && text === "(") {
      refuse(48, "NOT_IMPLEMENTED", "input() is not supported by a rank: insert into a table and select from there");
    }
    if (selects) previous = text.toUpperCase();
    if (token.depth > 0) continue;
    if (text === ";" && token.kind === "sign") return undefined;
    const word = token.kind === "word" ? text.toUpperCase() : text;
    if (selects) {
      // What follows could be data.
      if (text.toUpperCase() === "FORMAT") return undefined;
      continue;
    }
    if (formatAt !== undefined && token.kind === "word") {
      const sourceAt = settingsAt ?? formatAt;
      const settings = sql.slice(sourceAt, formatAt);
      return { kind: "insert", sourceAt, settings, format: text, dataStart: dataStartBehindFormat(sql, token.end) };
    }
    // Behind these stands a name, and a table may well be called `values` or `format`.
    const isName = ["INTO", "TABLE", "FUNCTION", "."].includes(previous) && word !== "TABLE" && word !== "FUNCTION";
    previous = word;
    if (isName) continue;
    if (word === "SELECT" || word === "WITH") selects = true;
    if (word === "INFILE") refuse(78, "UNKNOWN_TYPE_OF_QUERY", "FROM INFILE is not allowed over HTTP");
    if (word === "SETTINGS") settingsAt = token.start;
    if (word === "FORMAT") formatAt = token.start;
    if (word === "VALUES") {
      const sourceAt = settingsAt ?? token.start;
      const settings = sql.slice(sourceAt, token.start);
      return { kind: "insert", sourceAt, settings, format: "Values", dataStart: token.end };
    }
  }
  return undefined;
}

/** The format clause: FORMAT, a name, and then nothing or SETTINGS. Anything else called `format` is a column. */
function formatOf(words: readonly Word[], tokens: readonly SqlToken[]): Found {
  for (const word of words.toReversed()) {
    const name = tokens[word.index + 1];
    if (word.text.toUpperCase() !== "FORMAT" || name?.kind !== "word") continue;
    const next = words.find((other) => other.index === word.index + 2);
    const named = words.find((other) => other.index === word.index + 1);
    if (named === undefined) continue;
    if (tokens.length > word.index + 2 && next?.text.toUpperCase() !== "SETTINGS") continue;
    return { formatClause: { start: word.token.start, end: name.end }, format: named.text };
  }
  return {};
}

/**
 * Finds out what to do with a statement. `sql` may go on with the data of an INSERT, in any bytes.
 *
 * Throws an EngineError for what ClickHouse refuses over HTTP: several statements at once, files of the server by INTO OUTFILE
 * or FROM INFILE, nothing at all.
 */
export function readStatement(sql: string): Statement {
  const tokens: SqlToken[] = [];
  const words: Word[] = [];
  let end = sql.length;
  for (const token of sqlTokens(sql)) {
    const text = sql.slice(token.start, token.end);
    if (tokens.length === 0 && token.kind === "word" && text.toUpperCase() === "INSERT") {
      const insert = insertWithData(sql);
      if (insert !== undefined) return insert;
    }
    if (text === ";" && token.kind === "sign" && token.depth === 0) {
      end = Math.min(end, token.start);
      continue;
    }
    if (end < sql.length) {
      refuse(62, "SYNTAX_ERROR", `Syntax error (Multi-statements are not allowed): failed at position ${end + 1} (;)`);
    }
    if (token.kind === "word" && token.depth === 0) words.push({ text, token, index: tokens.length });
    tokens.push(token);
  }
  const first = tokens[0];
  if (first === undefined) refuse(62, "SYNTAX_ERROR", "Syntax error: failed at position 1 (end of query): empty query");
  const has = (text: string) => words.some((word) => word.text.toUpperCase() === text);
  const isOutfile = (word: Word) => {
    if (word.text.toUpperCase() !== "INTO" || tokens[word.index + 2]?.kind !== "string") return false;
    return words.some((next) => next.index === word.index + 1 && next.text.toUpperCase() === "OUTFILE");
  };
  if (words.some(isOutfile)) refuse(358, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed over HTTP");
  const opening = tokens.find((token) => sql.charAt(token.start) !== "(") ?? first;
  const firstWord = sql.slice(opening.start, opening.end).toUpperCase();
  const found = formatOf(words, tokens);
  // WITH may open an INSERT ... SELECT too, which has no rows to stream.
  const isQuery = ["SELECT", "FROM"].includes(firstWord) || (firstWord === "WITH" && !has("INSERT"));
  return isQuery ? { kind: "query", end, ...found } : { kind: "other", firstWord, end, ...found };
}
