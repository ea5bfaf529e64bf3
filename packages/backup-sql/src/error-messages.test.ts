import { describe, expect, test } from "vitest";
import { errorsOf, readout } from "../tests/one-statement.ts";

describe("an error", () => {
  test("shows a part of a long line, and of its own statement only", () => {
    const script = `SELECT 'x'; DROP BACKUP b DATA SINK s WITH OPTIONS (${"DRY_RUN = true, ".repeat(10)}NONSENSE = 1); SELECT 2`;
    const error = errorsOf(script).find(({ message }) => message.includes("NONSENSE"));
    expect(error?.excerpt).toBe(
      "  1 | ...RUN = true, DRY_RUN = true, DRY_RUN = true, DRY_RUN = true, NONSENSE = 1)\n    |                                                                ^^^^^^^^",
    );
  });

  test("counts lines whatever ends them", () => {
    expect(errorsOf("SELECT 1;\r\n\rVERIFY\nx")).toMatchObject([{ line: 4, column: 1, span: { start: 19, end: 20 } }]);
  });

  test("of a text over several lines shows the line on which it begins", () => {
    expect(errorsOf("VERIFY 'a\nb'")[0]?.excerpt).toBe("  1 | VERIFY 'a\n    |        ^^");
  });

  test("comes with all others of its script, in their order, up to twenty", () => {
    const errors = errorsOf("VERIFY x; SELECT 1; BACKUP b DATA SINK s WITH OPTIONS (A = 1, B = 2); SHOW BACKUP");
    expect(errors.map(({ column }) => column)).toEqual([8, 56, 63, 82]);
    expect(errorsOf("VERIFY x;".repeat(100))).toHaveLength(20);
  });

  test("says what is wrong for a program as well", () => {
    expect(errorsOf("BACKUP b DATA SNIK = s")).toMatchObject([
      { code: "unexpected", found: "SNIK", expected: ["SINK"], span: { start: 14, end: 18 }, line: 1, column: 15 },
    ]);
  });

  test("moves no cursor and forges no line", () => {
    expect(readout("VERIFY \u001b[2J\u202ex\u0000")).toContain("found ·");
    expect(readout("VERIFY x\u2028line 2")).not.toContain("\u2028");
  });
});
