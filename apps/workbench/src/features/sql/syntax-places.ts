/** A place in a script, both counted from 1, and how many characters of it are underlined. */
export type SyntaxPlace = { readonly line: number; readonly column: number; readonly length: number };

/** The places that the words of a `sql-syntax` problem name, in order. */
export function syntaxPlaces(detail: string): SyntaxPlace[] {
  const starts = [...detail.matchAll(/^line (\d+), column (\d+): /gm)];
  return starts.map((start, index) => {
    const words = detail.slice(start.index, starts[index + 1]?.index);
    const underlined = /^ +\| +(\^+)/m.exec(words)?.[1];
    return { line: Number(start[1]), column: Number(start[2]), length: underlined?.length ?? 0 };
  });
}

/** Where a place begins in the text, from 0; the end of the text for one behind it. */
export function offsetOf(text: string, { line, column }: SyntaxPlace): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + column - 1);
}
