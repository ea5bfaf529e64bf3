import { describe, expect, test } from "vitest";
import { aJob, aProblem } from "./a-job.ts";
import { stepsOf, stepText } from "./job-steps.ts";

const at = "2026-11-22T14:05:00.000Z";
const proving = aJob({ state: { name: "running", startedAt: at, phase: "proving" } });
const failed = aJob({ state: { name: "failed", endedAt: at, phase: "copying", problem: aProblem("disk-full") } });

describe("The step line", () => {
  test("marks the current step and those before it", () => {
    expect(stepsOf(proving)).toEqual([
      { phase: "preparing", standing: "done" },
      { phase: "copying", standing: "done" },
      { phase: "proving", standing: "current" },
      { phase: "listing", standing: "ahead" },
    ]);
    expect(stepText(proving)).toBe("Step 3 of 4: proving");
  });

  test("shows where a job stopped when it failed", () => {
    expect(stepsOf(failed).map((step) => step.standing)).toEqual(["done", "stopped", "ahead", "ahead"]);
    expect(stepText(failed)).toBe("Stopped at step 2 of 4: copying");
  });

  test("is all ahead while the job waits", () => {
    const queued = aJob({ state: { name: "queued" } });
    expect(stepsOf(queued).every((step) => step.standing === "ahead")).toBe(true);
    expect(stepText(queued)).toBe("Not started");
  });

  test("of a proof that only reads leaves out the throw-away rank", () => {
    const phases = (level: "L2" | "L3") =>
      stepsOf(aJob({ work: { kind: "verify-backup", backupId: "b1", level }, state: { name: "queued" } })).map(
        ({ phase }) => phase,
      );
    expect(phases("L2")).toEqual(["reading"]);
    expect(phases("L3")).toEqual(["reading", "restoring", "comparing"]);
  });

  test("of a statement are those of its deed", () => {
    const job = aJob({
      work: { kind: "database-backup", deed: "restore", backup: "sales", sql: "RESTORE BACKUP sales" },
      state: { name: "running", startedAt: at, phase: "restoring" },
    });
    expect(stepText(job)).toBe("Step 3 of 5: restoring");
  });

  test("of a job with one step names it without a count", () => {
    const resuming = aJob({ work: { kind: "resume" }, state: { name: "running", startedAt: at, phase: "starting" } });
    expect(stepText(resuming)).toBe("Starting");
  });
});
