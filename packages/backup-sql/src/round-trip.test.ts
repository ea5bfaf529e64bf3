import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryStatement, ownStatementsByKind } from "../tests/arbitrary-statement.ts";
import { oneStatement } from "../tests/one-statement.ts";
import { parseScript } from "./parse-script.ts";
import { printRedacted, printStatement } from "./print-statement.ts";

describe("what is printed", () => {
  test.each(ownStatementsByKind)("is read as the same statement: %s", (_kind, statement) => {
    fc.assert(
      fc.property(statement, (tree) => {
        expect(oneStatement(printStatement(tree))).toStrictEqual(structuredClone(tree));
      }),
      { numRuns: 100 },
    );
  });

  test("is read as the same statements in a script, each at its place", () => {
    const separator = fc.constantFrom(";", " ;\n", ";;\n-- next;\n", "; /* ; /* nested */ */\n", "\n;\r\n");
    const script = fc.array(fc.tuple(arbitraryStatement, separator), { maxLength: 6 });
    fc.assert(
      fc.property(script, (parts) => {
        const text = parts.map(([statement, after]) => printStatement(statement) + after).join("");
        const parsed = parseScript(text);
        if (parsed.outcome === "refused") throw new Error(parsed.errors[0].message);
        expect(parsed.statements.map(({ statement }) => statement)).toEqual(parts.map(([statement]) => statement));
        for (const { statement, span } of parsed.statements) {
          expect(text.slice(span.start, span.end)).toBe(printStatement(statement));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("without its secrets is still read as a statement of its kind", () => {
    fc.assert(
      fc.property(arbitraryStatement, (tree) => {
        expect(oneStatement(printRedacted(tree)).kind).toBe(tree.kind);
      }),
      { numRuns: 1_000 },
    );
  });
});
