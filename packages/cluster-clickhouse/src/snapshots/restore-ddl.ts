import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { quoteIdent, quoteStr, quoteTable } from "../sql.ts";
import { type DdlToken, ddlTokens } from "./restore-tokens.ts";

/** A table, view or dictionary where the engine keeps it. */
export type Place = { readonly database: string; readonly name: string };

/** Where objects that a statement speaks of are from now on, and whole schemas where it names those. Undefined: where they were. */
export type Moves = {
  (place: Place): Place | undefined;
  readonly schema?: (name: string) => string | undefined;
};

/** A `CREATE` statement as the engine's catalog holds it, taken apart at its name. */
export type CreateStatement = {
  /** Up to the name, such as `CREATE MATERIALIZED VIEW `. */
  readonly head: string;
  readonly place: Place;
  /** Behind the name, without a UUID. */
  readonly rest: readonly DdlToken[];
};

/** @throws {SnapdeckError} `backup-unusable` when it is no such statement, or speaks of another object than `expected` */
export function parseCreate(statement: string, expected: Place): CreateStatement {
  const refused = (why: string, cause?: unknown) =>
    new SnapdeckError(
      "backup-unusable",
      `the definition of ${expected.database}.${expected.name} cannot be executed: ${why}; nothing was restored`,
      { hint: "Restore the other objects, and make this one by hand.", cause },
    );
  let tokens: DdlToken[];
  try {
    tokens = ddlTokens(statement);
  } catch (cause) {
    throw refused("it cannot be read", cause);
  }
  if (tokens.some(({ text }) => text === ";")) throw refused("it is more than one statement");
  const dot = tokens.findIndex(({ text }) => text === ".");
  const [database, name] = [tokens[dot - 1], tokens[dot + 1]];
  const head = tokens
    .slice(0, dot - 1)
    .map(({ text }) => text)
    .join("");
  if (!/^(?:CREATE (?:TABLE|VIEW|MATERIALIZED VIEW|DICTIONARY) )$/.test(head)) {
    throw refused("it begins as none that is put back");
  }
  if (database?.value !== expected.database || name?.value !== expected.name) throw refused("it names another object");
  const rest = withoutUuid(tokens.slice(dot + 2));
  return { head, place: expected, rest };
}

/** The statement for another place, with what it speaks of where that is now. */
export function createAt(create: CreateStatement, { database, name }: Place, moves: Moves): string {
  const { head, rest } = create;
  return `${head}${quoteTable(database, name)}${textOf(asAlias(create, moves) ?? moved(rest, moves))}`;
}

/**
 * What follows the name of a table of the engine Alias: the catalog gives it columns, which the engine then refuses to be given, and a name
 * without a schema means the table's own. Undefined for other engines.
 */
function asAlias({ rest, place }: CreateStatement, moves: Moves): DdlToken[] | undefined {
  const top = topLevel(rest).filter(({ token }) => token.kind !== "space");
  const engine = top.findIndex(({ token }) => isWord(token, "ENGINE"));
  const [kind, open, close] = [top[engine + 2], top[engine + 3], top[engine + 4]];
  if (engine < 0 || kind?.token.value !== "Alias" || open?.token.text !== "(" || close === undefined) return undefined;
  const [first = "", second] = rest
    .slice(open.at, close.at)
    .flatMap(({ kind: each, value }) => (each === "text" ? [value] : []));
  const dot = first.indexOf(".");
  const [database, name] =
    second !== undefined
      ? [first, second]
      : dot > 0
        ? [first.slice(0, dot), first.slice(dot + 1)]
        : [place.database, first];
  const there = moves({ database, name }) ?? { database, name };
  const text = ` ENGINE = Alias(${quoteStr(there.database)}, ${quoteStr(there.name)})`;
  return [{ kind: "other", text, value: text }, ...rest.slice(close.at + 1)];
}

/** Whether a materialized view keeps its rows in a table of its own. */
export function keepsRows({ head, rest }: CreateStatement): boolean {
  const top = topLevel(rest);
  const columns = top.findIndex(({ token }) => token.text === "(");
  return head.includes("MATERIALIZED") && !top.slice(0, columns).some(({ token }) => isWord(token, "TO"));
}

/** The table in which a materialized view keeps its rows, as one of its own. */
export function createInner({ rest }: CreateStatement, { database, name }: Place, moves: Moves): string {
  const top = topLevel(rest);
  const from = top.find(({ token }) => token.text === "(")?.at ?? 0;
  const until =
    top.find(({ token, at }) => at > from && ["AS", "DEFINER"].some((word) => isWord(token, word)))?.at ?? rest.length;
  return `CREATE TABLE ${quoteTable(database, name)} ${textOf(moved(rest.slice(from, until), moves))}`;
}

/**
 * Puts a materialized view there without making what it writes to: that is there, as `.inner_id.<uuid>` beside the view with UUID
 * `innerUuid`, or elsewhere with a view that says `TO`.
 */
export function attachView(
  { rest }: CreateStatement,
  { database, name }: Place,
  { uuid, innerUuid }: { readonly uuid: string; readonly innerUuid?: string | undefined },
  moves: Moves,
): string {
  const begin = `ATTACH MATERIALIZED VIEW ${quoteTable(database, name)} UUID ${quoteStr(uuid)}`;
  const columns = topLevel(rest).find(({ token }) => token.text === "(")?.at ?? 0;
  const [before, after] = [moved(rest.slice(0, columns), moves), unrefreshed(moved(rest.slice(columns), moves), rest)];
  if (innerUuid === undefined) return `${begin}${textOf(before)}${textOf(after)}`;
  return `${begin}${textOf(before)} TO INNER UUID ${quoteStr(innerUuid)} ${textOf(after)}`;
}

/**
 * A view that appends rows from time to time would do so at once, and they are not of the snapshot: it waits for its next time instead. One
 * that is computed as a whole shall be, for the engine puts no rows of it into a backup.
 */
function unrefreshed(after: readonly DdlToken[], rest: readonly DdlToken[]): readonly DdlToken[] {
  const top = topLevel(rest);
  const columns = top.findIndex(({ token }) => token.text === "(");
  const head = top.slice(0, columns).map(({ token }) => token);
  if (!["REFRESH", "APPEND"].every((word) => head.some((token) => isWord(token, word)))) return after;
  const query =
    topLevel(after).find(({ token }) => isWord(token, "DEFINER") || isWord(token, "AS"))?.at ?? after.length;
  const empty: DdlToken = { kind: "name", text: "EMPTY ", value: "EMPTY" };
  return [...after.slice(0, query), empty, ...after.slice(query)];
}

function withoutUuid(rest: DdlToken[]): DdlToken[] {
  const [first, second, third, fourth] = rest;
  const has = first?.kind === "space" && second !== undefined && isWord(second, "UUID") && third?.kind === "space";
  return has && fourth?.kind === "text" ? rest.slice(4) : rest;
}

/** Functions and engines that name tables in texts. */
const NAMES_IN_TEXT = /^(?:dict(?:Get|Has|IsIn)\w*|joinGet\w*|Dictionary)$/i;

function moved(tokens: readonly DdlToken[], moves: Moves): DdlToken[] {
  const result = [...tokens];
  const solid = tokens.flatMap((token, at) => (token.kind === "space" ? [] : [{ token, at }]));
  solid.forEach(({ token, at }, index) => {
    const [before, second, third] = [solid[index - 1]?.token, solid[index + 1], solid[index + 2]];
    const put = (where: number | undefined, kind: DdlToken["kind"], text: string) => {
      if (where !== undefined) result[where] = { kind, text, value: text };
    };
    if (token.kind === "name" && second?.token.text === "." && third?.token.kind === "name" && before?.text !== ".") {
      const there = moves({ database: token.value, name: third.token.value });
      if (there === undefined) return;
      const [database, name] = [quoteIdent(there.database), quoteIdent(there.name)];
      put(at, "name", database);
      put(third.at, "name", name);
      return;
    }
    if (isMergedSchema(solid, index)) {
      const there = moves.schema?.(token.value);
      if (there !== undefined) put(at, "text", quoteStr(there));
      return;
    }
    if (token.kind !== "text") return;
    const inCall = before?.text === "(" && NAMES_IN_TEXT.test(solid[index - 2]?.token.value ?? "");
    const dot = token.value.indexOf(".");
    if (inCall && dot > 0) {
      const there = moves({ database: token.value.slice(0, dot), name: token.value.slice(dot + 1) });
      if (there !== undefined) put(at, "text", quoteStr(`${there.database}.${there.name}`));
      return;
    }
    if (second?.token.text === "," && third?.token.kind === "text" && isEngineArgument(solid, index)) {
      const there = moves({ database: token.value, name: third.token.value });
      if (there === undefined) return;
      put(at, "text", quoteStr(there.database));
      put(third.at, "text", quoteStr(there.name));
      return;
    }
    moveSource(solid, index, moves, put);
  });
  return result;
}

/** `ENGINE = Merge('db', 'tables')` and `merge('db', 'tables')`, which look at all tables of a schema whose names fit. */
function isMergedSchema(solid: Solid, index: number): boolean {
  const [token, before, word] = [solid[index]?.token, solid[index - 1]?.token, solid[index - 2]?.token];
  if (word === undefined || before?.text !== "(" || solid[index + 1]?.token.text !== ",") return false;
  return isWord(word, "MERGE") && (token?.kind === "text" || token?.kind === "name");
}

type Solid = readonly { readonly token: DdlToken; readonly at: number }[];

/** `ENGINE = Buffer('db', 'table', ...)` and `ENGINE = Distributed('cluster', 'db', 'table', ...)`. */
function isEngineArgument(solid: Solid, index: number): boolean {
  const word = (back: number) => solid[index - back]?.token.value;
  return (word(1) === "(" && word(2) === "Buffer") || (word(1) === "," && word(3) === "(" && word(4) === "Distributed");
}

/** A dictionary's `SOURCE(CLICKHOUSE(TABLE 't' DB 'd'))`, in whichever order. Called at each text; acts at that of the table. */
function moveSource(
  solid: Solid,
  index: number,
  moves: Moves,
  put: (where: number | undefined, kind: DdlToken["kind"], text: string) => void,
): void {
  const wordBefore = solid[index - 1]?.token;
  if (wordBefore === undefined || !isWord(wordBefore, "TABLE")) return;
  let [from, until] = [index, index];
  while (from > 0 && solid[from - 1]?.token.text !== "(") from -= 1;
  while (until < solid.length && solid[until]?.token.text !== ")") until += 1;
  const within = solid.slice(from, until);
  const db = within.findIndex(({ token }) => isWord(token, "DB") || isWord(token, "DATABASE"));
  const [database, table] = [within[db + 1], solid[index]];
  if (db < 0 || database?.token.kind !== "text" || table === undefined) return;
  const there = moves({ database: database.token.value, name: table.token.value });
  if (there === undefined) return;
  put(database.at, "text", quoteStr(there.database));
  put(table.at, "text", quoteStr(there.name));
}

function topLevel(tokens: readonly DdlToken[]): { token: DdlToken; at: number }[] {
  const found: { token: DdlToken; at: number }[] = [];
  let depth = 0;
  tokens.forEach((token, at) => {
    if (token.text === ")") depth -= 1;
    if (depth === 0) found.push({ token, at });
    if (token.text === "(") depth += 1;
  });
  return found;
}

function isWord(token: DdlToken, word: string): boolean {
  return token.kind === "name" && token.text.toUpperCase() === word;
}

function textOf(tokens: readonly DdlToken[]): string {
  return tokens.map(({ text }) => text).join("");
}
