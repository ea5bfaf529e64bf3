import type { Span } from "../span.ts";
import { isBackupSql } from "./is-backup-sql.ts";
import { leadingWords } from "./leading-words.ts";
import { type Dialect, Scanner } from "./scanner.ts";
import { watchFor } from "./statement-end.ts";

/** One statement of a script, without the semicolon, spaces and comments around it. */
export type ScriptPiece = { readonly dialect: Dialect; readonly span: Span };

/**
 * Cuts a script at the semicolons that are not inside of a text, a quoted name, a comment, a heredoc or a procedure's body.
 * Says with `steps` how many characters were looked at.
 */
export function splitScript(text: string): { readonly pieces: readonly ScriptPiece[]; readonly steps: number } {
  const scanner = new Scanner(text);
  const pieces: ScriptPiece[] = [];
  let at = 0;
  for (let lexeme = scanner.lexemeAt(at, "engine"); lexeme !== undefined; lexeme = scanner.lexemeAt(at, "engine")) {
    at = lexeme.end;
    if (lexeme.kind === "space" || lexeme.kind === "comment" || text[lexeme.start] === ";") continue;
    const words = leadingWords(scanner, lexeme.start);
    const dialect = isBackupSql(words) ? "backup" : "engine";
    const { end, next } = findEnd(scanner, lexeme.start, dialect, words);
    pieces.push({ dialect, span: { start: lexeme.start, end } });
    at = next;
  }
  return { pieces, steps: scanner.steps };
}

function findEnd(
  scanner: Scanner,
  start: number,
  dialect: Dialect,
  words: readonly string[],
): { readonly end: number; readonly next: number } {
  const watch = watchFor(words);
  let end = start;
  let at = start;
  for (let lexeme = scanner.lexemeAt(at, dialect); lexeme !== undefined; lexeme = scanner.lexemeAt(at, dialect)) {
    at = lexeme.end;
    if (lexeme.kind === "space" || lexeme.kind === "comment") continue;
    const word = lexeme.kind === "word" || lexeme.kind === "symbol" ? upperCase(scanner.text, lexeme) : "";
    const verdict = watch(lexeme, word);
    if (verdict === "ends") return { end, next: lexeme.end };
    end = lexeme.end;
    if (verdict === "data" && bringsData(scanner.text, end))
      return { end: scanner.text.length, next: scanner.text.length };
  }
  return { end, next: scanner.text.length };
}

/** A semicolon right behind the format's name says that there are no rows: the engine takes none after it. */
function bringsData(text: string, behindFormat: number): boolean {
  return text[behindFormat] !== ";" && text.slice(behindFormat).trim() !== "";
}

function upperCase(text: string, span: Span): string {
  return text.slice(span.start, span.end).toUpperCase();
}
