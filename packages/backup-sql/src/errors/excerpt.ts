import type { Span } from "../span.ts";
import { placeOf } from "./line-index.ts";
import { printable } from "./printable.ts";
import { showText } from "./shown-text.ts";

/** The widest line that is shown whole, and how much of a wider one stands before the place. */
const MAX_WIDTH = 100;
const WIDTH_BEFORE = 60;
const GUTTER = " | ";

/**
 * The line of a script in which a place stands, with the place underlined. Only `statement` is shown of it: its neighbours
 * may hold secrets of their own.
 */
export function excerptOf(script: string, statement: Span, mark: Span, hidden: readonly Span[]): string {
  const { line, lineStart, lineEnd } = placeOf(script, mark.start);
  const range = { start: Math.max(lineStart, statement.start), end: Math.min(lineEnd, statement.end) };
  const cutOff = script.slice(lineStart, range.start).trim() !== "";
  const indent = cutOff ? "" : script.slice(lineStart, range.start);
  const shown = showText(script, range, mark, hidden);
  const text = (cutOff ? "... " : indent) + shown.text;
  const shift = cutOff ? 4 : indent.length;
  return underlined(line, text, { start: shown.mark.start + shift, end: shown.mark.end + shift });
}

function underlined(line: number, text: string, mark: Span): string {
  const from = text.length > MAX_WIDTH && mark.start > WIDTH_BEFORE ? mark.start - WIDTH_BEFORE : 0;
  const window = text.slice(from, from + MAX_WIDTH);
  const lead = from > 0 ? "..." : "";
  const number = `  ${line}`;
  const column = mark.start - from + lead.length;
  const width = Math.max(1, Math.min(mark.end, from + MAX_WIDTH) - mark.start);
  const tail = from + MAX_WIDTH < text.length ? "..." : "";
  return [
    `${number}${GUTTER}${lead}${printable(window)}${tail}`.trimEnd(),
    `${" ".repeat(number.length)}${GUTTER}${" ".repeat(column)}${"^".repeat(width)}`,
  ].join("\n");
}
