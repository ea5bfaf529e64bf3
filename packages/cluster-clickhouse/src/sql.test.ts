import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quoteIdent, quoteStr } from "./sql.ts";

/** Reads a quoted text the way the engine's lexer does: a backslash takes the next character with it. */
function endOfQuoted(text: string): number {
  const quote = text[0];
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

describe("Text that becomes part of a statement", () => {
  const hostile = [
    "'; DROP DATABASE d; --",
    "`; DROP DATABASE d; --",
    "\\",
    "\\'",
    "a\nb",
    "/* */",
    "--",
    "💾",
    "x".repeat(10_000),
  ];

  test.each(hostile)("a name %j stays inside its quotes", (name) => {
    for (const quoted of [quoteStr(name), quoteIdent(name)]) expect(endOfQuoted(quoted)).toBe(quoted.length - 1);
  });

  test("no text ends its quotes early", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(endOfQuoted(quoteStr(text))).toBe(quoteStr(text).length - 1);
        if (text !== "" && !text.includes("\0")) {
          expect(endOfQuoted(quoteIdent(text))).toBe(quoteIdent(text).length - 1);
        }
      }),
    );
  });

  test("an empty name and one with a NUL are no identifiers", () => {
    expect(() => quoteIdent("")).toThrow();
    expect(() => quoteIdent("a\0b")).toThrow();
  });
});
