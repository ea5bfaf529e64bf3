import { describe, expect, test } from "vitest";
import { judgeRunner, sumOf, totalsLine, totalsOfPlaywright, totalsOfVitest } from "./totals.mjs";

const clean = { passed: 3, failed: 0, skipped: 0, broken: [] };

describe("vitest's report", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      {
        name: "a.test.ts",
        status: "failed",
        message: "",
        assertionResults: [{ status: "failed" }, { status: "passed" }],
      },
      { name: "b.test.ts", status: "passed", message: "", assertionResults: [{ status: "passed" }] },
    ],
  };

  test("gives what passed, what failed, and what was skipped or is still to do", () => {
    expect(totalsOfVitest(report)).toEqual({ passed: 5, failed: 1, skipped: 3, broken: [] });
  });

  test("tells of a file that broke before its first test", () => {
    const broken = { name: "c.test.ts", status: "failed", message: "Cannot find module", assertionResults: [] };
    const totals = totalsOfVitest({ ...report, testResults: [...report.testResults, broken] });
    expect(totals.broken).toEqual(["c.test.ts: Cannot find module"]);
  });

  test("is refused when it does not say how many passed", () => {
    expect(() => totalsOfVitest({ numFailedTests: 0 })).toThrow("numPassedTests");
  });
});

describe("Playwright's report", () => {
  test("counts a story that passed only at the second try as failed", () => {
    const stats = { expected: 7, unexpected: 1, flaky: 1, skipped: 2 };
    expect(totalsOfPlaywright({ stats, errors: [] })).toEqual({ passed: 7, failed: 2, skipped: 2, broken: [] });
  });

  test("tells of what broke outside of any story", () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    expect(totalsOfPlaywright({ stats, errors: [{ message: "no browser" }] }).broken).toEqual(["no browser"]);
  });
});

describe("a runner", () => {
  test("is believed when its report and its exit code agree", () => {
    expect(judgeRunner(clean, 0)).toEqual(clean);
  });

  test("that counted a failure is not called broken for ending with 1", () => {
    expect(judgeRunner({ ...clean, failed: 1 }, 1).broken).toEqual([]);
  });

  const broken = [
    { name: "that crashed before it wrote a report", totals: undefined, exitCode: 1, tells: "left no report" },
    { name: "that was killed", totals: undefined, exitCode: null, tells: "left no report" },
    { name: "that found no test", totals: { ...clean, passed: 0 }, exitCode: 0, tells: "no test was run" },
    {
      name: "that found only skipped tests",
      totals: { ...clean, passed: 0, skipped: 4 },
      exitCode: 0,
      tells: "no test was run",
    },
    { name: "that failed though every test passed", totals: clean, exitCode: 1, tells: "exit code 1" },
  ];
  test.each(broken)("$name is broken", ({ totals, exitCode, tells }) => {
    expect(judgeRunner(totals, exitCode).broken).toEqual([expect.stringContaining(tells)]);
  });
});

describe("the last line", () => {
  test("sums all runners and leaves out skipped tests when there are none", () => {
    expect(totalsLine(sumOf([clean, { ...clean, failed: 2 }]))).toBe("6 passed, 2 failed");
  });

  test("says how many were skipped", () => {
    expect(totalsLine(sumOf([{ ...clean, skipped: 4 }]))).toBe("3 passed, 0 failed, 4 skipped");
  });

  test("never looks green when something broke outside of the tests", () => {
    expect(totalsLine(sumOf([clean, judgeRunner(undefined, 1)]))).toBe("3 passed, 1 failed");
  });
});
