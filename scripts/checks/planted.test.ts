import { describe, expect, test } from "vitest";
import { plantedTable } from "./faults-page.mjs";
import { verdictsOf } from "./planted.mjs";
import { edited } from "./planted-build.mjs";

const bug = {
  id: "early",
  title: "too early",
  how: "it is done a | b",
  edits: [],
  cases: ["a.fault.ts"],
  caughtBy: [
    { id: "B1-k", shows: /nobody owns/ },
    { id: "B2-k", shows: /nobody owns/ },
  ],
};

const report = (...tests: object[]) => ({ testResults: [{ assertionResults: tests }] });
const caseOf = (id: string, status: string, more: object = {}) => ({ status, meta: { fault: { id, ...more } } });

describe("a planted bug", () => {
  test("is caught by a case that fails because of it", () => {
    const told = [caseOf("B1-k", "failed", { failure: "files that nobody owns: 20261122-183832-2c5ca101fde2/x" })];
    const [first] = verdictsOf(bug, report(...told));
    expect(first).toEqual({ id: "B1-k", isCaught: true, told: "files that nobody owns: …/x" });
  });

  test.each([
    ["passes", caseOf("B1-k", "passed"), "it passed"],
    ["fails for another reason", caseOf("B1-k", "failed", { failure: "waited in vain" }), "waited in vain"],
    ["is skipped", caseOf("B1-k", "skipped", { skipped: "no strace" }), "skipped: no strace"],
    ["is not there", caseOf("B9-k", "failed", { failure: "nobody owns" }), "there is no such case"],
  ])("is not caught by a case that %s", (_, each, told) => {
    expect(verdictsOf(bug, report(each))[0]).toEqual({ id: "B1-k", isCaught: false, told });
  });

  test("is not caught by a run that left no report", () => {
    expect(verdictsOf(bug, undefined).map(({ isCaught }) => isCaught)).toEqual([false, false]);
  });

  test("is planted where its place is found once, and nowhere else", () => {
    const edit = { file: "a.ts", from: "two", to: "$& three" };
    expect(edited("one two", edit)).toBe("one $& three");
    expect(() => edited("one", edit)).toThrow("a.ts holds 0 times");
    expect(() => edited("two two", edit)).toThrow("a.ts holds 2 times");
  });

  test("stands in the table with every case that is named, caught or not", () => {
    const results = [
      {
        bug,
        verdicts: [
          { id: "B1-k", isCaught: true, told: "nobody owns" },
          { id: "B2-k", isCaught: false, told: "it passed" },
        ],
      },
    ];
    const table = plantedTable(results, { at: "2026-01-02", node: "v20" });
    expect(table).toContain("**0 of 1 bugs were caught by every case that is named.**");
    expect(table).toContain("| too early | it is done a \\| b | B1-k | nobody owns |");
    expect(table).toContain("| B2-k | **not caught**: it passed |");
  });
});
