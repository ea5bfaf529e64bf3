/** A place in a script; line and column are counted from 1, `lineStart` and `lineEnd` are offsets, without the line break. */
export type Place = {
  readonly line: number;
  readonly column: number;
  readonly lineStart: number;
  readonly lineEnd: number;
};

/** Where an offset stands. A line ends with CR, LF, or both. */
export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (const match of text.slice(0, offset).matchAll(/\r\n|\r|\n/g)) {
    line += 1;
    lineStart = match.index + match[0].length;
  }
  const length = text.slice(lineStart).search(/[\r\n]/);
  const lineEnd = length === -1 ? text.length : Math.max(lineStart + length, offset);
  return { line, column: offset - lineStart + 1, lineStart, lineEnd };
}
