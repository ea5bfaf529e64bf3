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

/** The extent of the comment of the engine at `start`: those of the dialect, and lines from `//`, `# ` and `#!` on. */
export function engineCommentExtent(text: string, start: number): Extent | undefined {
  const two = text.slice(start, start + 2);
  if (two === "//" || two === "# " || two === "#!") return { end: endOfLine(text, start), closed: true };
  return dialectCommentExtent(text, start);
}

/**
 * The extent of the comment at `start`, or undefined if none begins there: from `--` to the end of the line, or between
 * slash and star, where comments nest as they do in ClickHouse.
 */
export function dialectCommentExtent(text: string, start: number): Extent | undefined {
  if (text.startsWith("--", start)) return { end: endOfLine(text, start), closed: true };
  if (!text.startsWith("/*", start)) return undefined;
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
