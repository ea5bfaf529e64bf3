import type { Span } from "../span.ts";

const MASK = "***";

type Segment = { readonly span: Span; readonly shown: string; readonly masked: boolean };

/** A stretch of a statement as an error may show it, and where within it the marked place has come to stand. */
export type ShownText = { readonly text: string; readonly mark: Span };

/** Shows `range` of a text with what is hidden replaced by `***`. */
export function showText(text: string, range: Span, mark: Span, hidden: readonly Span[]): ShownText {
  const segments = cut(text, range, hidden);
  const start = columnOf(segments, mark.start, "start");
  const end = Math.max(start, columnOf(segments, mark.end, "end"));
  return { text: segments.map(({ shown }) => shown).join(""), mark: { start, end } };
}

function cut(text: string, range: Span, hidden: readonly Span[]): readonly Segment[] {
  const segments: Segment[] = [];
  let at = range.start;
  const copyUntil = (end: number) => {
    if (end > at) segments.push({ span: { start: at, end }, shown: text.slice(at, end), masked: false });
    at = Math.max(at, end);
  };
  for (const { start, end } of merged(hidden)) {
    const span = { start: Math.max(start, range.start), end: Math.min(end, range.end) };
    if (span.start >= span.end) continue;
    copyUntil(span.start);
    segments.push({ span, shown: MASK, masked: true });
    at = span.end;
  }
  copyUntil(range.end);
  return segments;
}

/** In their order; those that touch are one, so that a mask does not tell of how many parts a secret is. */
function merged(spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1);
    if (last === undefined || span.start > last.end) apart.push(span);
    else apart.splice(-1, 1, { start: last.start, end: Math.max(last.end, span.end) });
  }
  return apart;
}

/** A place inside of a mask moves to that edge of it where its side of the marked place is. */
function columnOf(segments: readonly Segment[], offset: number, side: "start" | "end"): number {
  let column = 0;
  for (const { span, shown, masked } of segments) {
    if (offset <= span.start) break;
    if (offset < span.end) return column + (masked ? (side === "end" ? shown.length : 0) : offset - span.start);
    column += shown.length;
  }
  return column;
}
