import type { Scanner } from "./scanner.ts";

/** Enough for `CREATE OR REPLACE EXTERNAL DATA SINK` and the name behind it. */
const ENOUGH = 9;

/**
 * How a statement begins: its first bare words in upper case, symbols as they are, and `""` for a quoted name. The list ends
 * at the end of the statement, at a text, or when there is enough to tell whose statement it is.
 */
export function leadingWords(scanner: Scanner, start: number): readonly string[] {
  const words: string[] = [];
  let at = start;
  while (words.length < ENOUGH) {
    const lexeme = scanner.lexemeAt(at, "backup");
    if (lexeme === undefined || lexeme.kind === "text") break;
    at = lexeme.end;
    if (lexeme.kind === "name") words.push("");
    else if (lexeme.kind === "word" || lexeme.kind === "symbol") {
      const word = scanner.text.slice(lexeme.start, lexeme.end).toUpperCase();
      if (word === ";") break;
      words.push(word);
    }
  }
  return words;
}
