/** A stretch of the script: `start` is the offset of its first character, `end` that behind its last, in UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

export function spanOver(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}

export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}
