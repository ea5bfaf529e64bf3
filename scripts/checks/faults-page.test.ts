import { describe, expect, test } from "vitest";
import { faultOutcomes, faultsTable, withTable } from "./faults-page.mjs";

const fault = (id: string, more: object = {}) => ({
  id,
  row: "B6",
  fault: "k",
  tier: "quick",
  title: "a | b",
  seed: 7,
  ...more,
});

const report = {
  testResults: [
    {
      assertionResults: [
        { status: "passed", duration: 1500.4, meta: { fault: fault("B6-k", { outcome: "succeeded", settledMs: 40 }) } },
        { status: "failed", duration: 10, meta: { fault: fault("B10-k") } },
        { status: "skipped", duration: 0, meta: { fault: fault("B2-k", { skipped: "strace is not installed" }) } },
        { status: "passed", duration: 1, meta: {} },
      ],
    },
  ],
};

describe("the page of the faults", () => {
  test("lists the cases of a report in the order of their ids, and no other test", () => {
    expect(faultOutcomes(report).map(({ id, tookMs }) => [id, tookMs])).toEqual([
      ["B2-k", 0],
      ["B6-k", 1500],
      ["B10-k", 10],
    ]);
  });

  test("tells of each case what came of it, and why one was skipped", () => {
    const table = faultsTable(faultOutcomes(report), { at: "2026-01-02", node: "v20" });
    expect(table).toContain("**1 passed, 1 failed, 1 skipped.**");
    expect(table).toContain("| B6-k | B6 | k | 7 | succeeded | 40 | 1500 | a \\| b |");
    expect(table).toContain("| B10-k | B6 | k | 7 | **failed** |");
    expect(table).toContain("skipped: strace is not installed");
  });

  test("keeps what people wrote around the table", () => {
    const page = "# Faults\n<!-- results: written by npm run test:faults -->\nold\n<!-- end of results -->\nend\n";
    expect(withTable(page, "new")).toBe(
      "# Faults\n<!-- results: written by npm run test:faults -->\n\nnew\n\n<!-- end of results -->\nend\n",
    );
    expect(() => withTable("# Faults", "new")).toThrow("marks");
  });
});
