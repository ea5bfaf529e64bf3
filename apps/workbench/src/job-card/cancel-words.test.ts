import { describe, expect, test } from "vitest";
import { aJob, aProblem } from "./a-job.ts";
import { cancelWords } from "./cancel-words.ts";

const at = "2026-11-22T14:05:00.000Z";

describe("Cancel", () => {
  test("on a running backup says that the data is safe", () => {
    expect(cancelWords(aJob())?.effect).toContain("This is safe");
  });

  test("on a restore says that everything stays as it was, until the swap begins", () => {
    const work = { kind: "restore", backupId: "b1" } as const;
    const restoring = aJob({ work, state: { name: "running", startedAt: at, phase: "restoring" } });
    expect(cancelWords(restoring)?.effect).toContain("before the swap");
    const swapping = aJob({ work, state: { name: "running", startedAt: at, phase: "swapping" } });
    expect(cancelWords(swapping)?.effect).toContain("The swap has begun");
  });

  test("on a verification says that nothing is changed", () => {
    const work = { kind: "verify-backup", backupId: "b1", level: "L2" } as const;
    const reading = aJob({ work, state: { name: "running", startedAt: at, phase: "reading" } });
    expect(cancelWords(reading)?.effect).toContain("changes nothing");
    const failed = aJob({ work, state: { name: "failed", endedAt: at, problem: aProblem("proof-failed") } });
    expect(cancelWords(failed)?.effect).toContain("stays suspect");
  });

  test("on a statement speaks of its deed, and of a swap only once it has begun", () => {
    const effect = (deed: "take" | "restore" | "verify", phase: "copying" | "swapping" | "reading") =>
      cancelWords(
        aJob({
          work: { kind: "database-backup", deed, backup: "sales", sql: "" },
          state: { name: "running", startedAt: at, phase },
        }),
      )?.effect;
    expect(effect("take", "copying")).toContain("listed snapshots stay");
    expect(effect("restore", "reading")).toContain("existing objects stay");
    expect(effect("restore", "swapping")).toContain("being exchanged");
    expect(effect("verify", "reading")).toContain("changes nothing");
  });

  test("on a failed job clears the entry and says what it removes", () => {
    const failed = aJob({ state: { name: "failed", endedAt: at, problem: aProblem("disk-full") } });
    expect(cancelWords(failed)?.confirm).toBe("Clear the entry");
    expect(cancelWords(failed)?.effect).toContain("no listed backup is touched");
  });

  test("is not offered on a job that is being canceled or has ended well", () => {
    const canceling = aJob({
      state: { name: "canceling", startedAt: at, phase: "copying", cancelRequestedAt: at, cancelRequestedBy: "ana" },
    });
    expect(cancelWords(canceling)).toBeUndefined();
  });
});
