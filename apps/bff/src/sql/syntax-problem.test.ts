import { parseScript } from "@snapdeck/backup-sql/parse-script";
import { expect, test } from "vitest";
import { syntaxProblem } from "./syntax-problem.ts";

const told = (sql: string) => {
  const script = parseScript(sql);
  return syntaxProblem(script.outcome === "refused" ? script.errors : []).detail;
};

test("What was expected is told so that a comma is not taken for one between two words", () => {
  expect(told("BACKUP b DATA SINK s WITH OPTIONS (CHECKSUM = true DRY_RUN = true)")).toContain(
    'expected "," or ")", found DRY_RUN',
  );
  expect(told("BACKUP b DATA SNK s")).toContain("expected SINK, found SNK");
});

test("What was expected and found is told once", () => {
  const detail = told("CREATE BACKUP b DATA SINK = s OBJEKTS (ALL = shop)");
  expect(detail.match(/expected/g)).toHaveLength(1);
  expect(detail).toContain("OBJEKTS");
});

test("A script with many errors is told the first five, how many more there are, and that nothing ran", () => {
  const detail = told("BACKUP a DATA SNK s;".repeat(9));
  expect(detail.match(/^line 1/gm)).toHaveLength(5);
  expect(detail).toMatch(/and 4 more\nno statement was run$/);
});
