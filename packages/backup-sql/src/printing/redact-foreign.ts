import { soundsSecret } from "../errors/secret-names.ts";
import { leadingWords } from "../lexing/leading-words.ts";
import { type Lexeme, Scanner } from "../lexing/scanner.ts";
import { watchFor } from "../lexing/statement-end.ts";
import { MASK } from "./disclosure.ts";

/**
 * A statement of the engine without what may be a secret: texts, heredocs, comments, the rows of an INSERT ... FORMAT, and
 * what follows a name that sounds like one and `=` or BY. It still says what was done to what.
 */
export function redactForeign(text: string): string {
  const scanner = new Scanner(text);
  const watch = watchFor(leadingWords(scanner, 0));
  let redacted = "";
  let name = "";
  let assigned = false;
  let at = 0;
  for (let lexeme = scanner.lexemeAt(at, "engine"); lexeme !== undefined; lexeme = scanner.lexemeAt(at, "engine")) {
    at = lexeme.end;
    const image = text.slice(lexeme.start, lexeme.end);
    redacted += shown(lexeme, image, assigned && soundsSecret(name));
    if (lexeme.kind === "space" || lexeme.kind === "comment") continue;
    if (watch(lexeme, image.toUpperCase()) === "data") return at < text.length ? `${redacted} ${MASK}` : redacted;
    assigned = image === "=" || image.toUpperCase() === "BY";
    if (!assigned && (lexeme.kind === "word" || lexeme.kind === "name")) name = image;
  }
  return redacted;
}

function shown({ kind }: Lexeme, image: string, secret: boolean): string {
  if (kind === "text") return `'${MASK}'`;
  if (kind === "comment") return " ";
  // A symbol of more than one character is a comment without an end.
  return (secret && kind !== "space") || (kind === "symbol" && image.length > 1) ? MASK : image;
}
