import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { MAX_SQL_ROWS, type SqlRows, type SqlValue } from "@snapdeck/contract/sql";
import { z } from "zod";
import { shortMessage } from "./engine-error.ts";

/** How the engine answers a statement that asks for no format itself: names, types, then a row on each line. */
export const DEFAULT_FORMAT = "JSONCompactEachRowWithNamesAndTypes";

/** The most of an answer that is read, in UTF-16 units: what a page can show and a request can carry. */
const MAX_ANSWER_CHARS = 16 * 1024 * 1024;

/**
 * How the engine runs a statement that a person wrote: errors come before rows, no digit of a number is lost, and a result that nobody can
 * read to its end is not computed to its end.
 */
export const SQL_SETTINGS: Record<string, string | number> = {
  default_format: DEFAULT_FORMAT,
  wait_end_of_query: 1,
  max_result_rows: MAX_SQL_ROWS + 1,
  result_overflow_mode: "break",
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
};

const Line = z.array(z.unknown());

/** Rows of `DEFAULT_FORMAT`. @throws {SnapdeckError} `engine-failed` when the engine fails halfway */
export async function readRows(body: AsyncIterable<string>): Promise<SqlRows> {
  const { lines, isCut } = await linesOf(body, MAX_SQL_ROWS + 2);
  const [names, , ...rows] = lines.map(lineOf);
  return { columns: (names ?? []).map(String), rows: rows.map((row) => row.map(sqlValueOf)), isCut };
}

/** The answer of a statement that asks for a format of its own: its lines, as text. */
export async function readLines(body: AsyncIterable<string>): Promise<SqlRows> {
  const { lines, isCut } = await linesOf(body, MAX_SQL_ROWS);
  return { columns: lines.length === 0 ? [] : ["result"], rows: lines.map((line) => [line]), isCut };
}

async function linesOf(body: AsyncIterable<string>, most: number): Promise<{ lines: string[]; isCut: boolean }> {
  const lines: string[] = [];
  let rest = "";
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    if (lines.length > most || length > MAX_ANSWER_CHARS) return { lines: lines.slice(0, most), isCut: true };
  }
  if (rest !== "") lines.push(rest);
  return { lines: lines.slice(0, most), isCut: lines.length > most };
}

function lineOf(line: string): unknown[] {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    throw new SnapdeckError("engine-failed", `the engine stopped halfway: ${shortMessage(line)}`, {
      hint: "Look at the statement, then run it again.",
    });
  }
}

/** Arrays, tuples and maps come as their JSON. */
function sqlValueOf(value: unknown): SqlValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return JSON.stringify(value);
}
