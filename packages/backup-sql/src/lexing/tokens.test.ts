import { expect, test } from "vitest";
import { backupLexer } from "./tokens.ts";

test("every character belongs to a token, or is space", () => {
  for (let code = 0; code < 0x10000; code += 1) {
    const character = String.fromCharCode(code);
    const { tokens, errors } = backupLexer.tokenize(character);
    if (errors.length > 0 || (tokens.length === 0 && character.trim() !== "")) {
      throw new Error(`U+${code.toString(16)} is lost`);
    }
  }
});

test("a keyword is one whatever its case, and not within a longer word", () => {
  const names = backupLexer
    .tokenize("Backup BACKUPS desc describe described #backup")
    .tokens.map((token) => token.tokenType.name);
  expect(names).toEqual(["BACKUP", "PlainWord", "DESC", "DESCRIBE", "PlainWord", "PlainWord"]);
});
