/** Where something that was opened ends; `closed` is false where the script ended first. */
export type Extent = { readonly end: number; readonly closed: boolean };

const BACKSLASH = "\\";

/**
 * The extent of what the quote at `start` opens. A doubled quote stands for itself; with `escapes`, so does any character
 * behind a backslash.
 */
export function quotedExtent(text: string, start: number, quote: string, escapes: boolean): Extent {
  let at = start + 1;
  while (at < text.length) {
    const character = text[at];
    if (escapes && character === BACKSLASH) at += 2;
    else if (character !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else return { end: at + 1, closed: true };
  }
  return { end: text.length, closed: false };
}

/**
 * The extent of the comment at `start`, or undefined if none begins there. As in ClickHouse: `--`, `//`, `# ` and `#!` reach
 * to the end of the line, and comments between slash and star nest.
 */
export function commentExtent(text: string, start: number): Extent | undefined {
  const two = text.slice(start, start + 2);
  if (two === "--" || two === "//" || two === "# " || two === "#!") return { end: endOfLine(text, start), closed: true };
  if (two !== "/*") return undefined;
  let depth = 1;
  let at = start + 2;
  while (at < text.length) {
    if (text.startsWith("/*", at)) {
      depth += 1;
      at += 2;
    } else if (text.startsWith("*/", at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return { end: at, closed: true };
    } else at += 1;
  }
  return { end: text.length, closed: false };
}

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  return newline === -1 ? text.length : newline;
}
