import { describe, expect, test } from "vitest";
import { aJob, aProblem } from "../../job-card/a-job.ts";
import { jobOutcome, tookText } from "./job-outcome.ts";
import { jobsVerdict } from "./jobs-verdict.ts";

const startedAt = "2026-11-22T13:00:01.000Z";
const endedAt = "2026-11-22T13:00:04.100Z";

describe("What came of a job", () => {
  test("is what was read back when it succeeded", () => {
    const evidence = { kind: "restore", backupId: "b1", tables: 9, rows: 2_100_000, swapMs: 11.4 } as const;
    const job = aJob({
      work: { kind: "restore", backupId: "b1" },
      state: { name: "succeeded", startedAt, endedAt, evidence },
    });
    expect(jobOutcome(job)).toBe("9 tables, 2.1 M rows; swapped in 11 ms");
    expect(tookText(job)).toBe("3.1 s");
  });

  test("is who canceled it", () => {
    expect(jobOutcome(aJob({ state: { name: "canceled", endedAt, canceledBy: "ana" } }))).toBe("by ana");
  });

  test("is not timed before it has ended", () => {
    expect(tookText(aJob({ state: { name: "running", startedAt, phase: "copying" } }))).toBeUndefined();
  });
});

describe("The sentence of the Jobs page", () => {
  test("counts what runs and what waits to be cleared", () => {
    const problem = aProblem("disk-full");
    const jobs = [
      aJob({ state: { name: "running", startedAt, phase: "copying" } }),
      aJob({ state: { name: "failed", endedAt, problem } }),
      aJob({ state: { name: "failed", endedAt, problem }, dismissedAt: endedAt }),
    ];
    expect(jobsVerdict(jobs, true)).toBe(
      "1 job under way. 1 failed job waits to be cleared. 3 jobs shown, older ones below.",
    );
  });
});
