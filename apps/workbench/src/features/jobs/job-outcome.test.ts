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

  test("of a proof tells what was read, and for L3 what was restored", () => {
    const evidence = { backupId: "b1", provenAt: endedAt, files: 412, sizeBytes: 2_200_000_000 };
    const outcome = (level: "L2" | "L3", rows: number) => {
      const kind = "verify-backup" as const;
      const done = { name: "succeeded", startedAt, endedAt, evidence: { kind, ...evidence, level, rows } } as const;
      return jobOutcome(aJob({ work: { kind, backupId: "b1", level }, state: done }));
    };
    expect(outcome("L2", 0)).toBe("2.2 GB in 412 files read back");
    expect(outcome("L3", 2_100_000)).toBe("2.2 GB in 412 files read back; 2.1 M rows restored, scanned and compared");
  });

  test("of a store check tells that nothing is broken, and how much it looked at", () => {
    const evidence = { kind: "check-store", backups: 48, files: 1312, sizeBytes: 900, invariants: 21 } as const;
    const job = aJob({
      work: { kind: "check-store", bytes: false },
      state: { name: "succeeded", startedAt, endedAt, evidence },
    });
    expect(jobOutcome(job)).toBe("nothing broken: 48 backups, 1,312 files, 21 invariants");
  });

  test("of a statement tells what it made, what it held and what went", () => {
    const counted = { backups: ["sales"], removed: 0, objects: 0, rows: 0, files: 0, sizeBytes: 0 };
    const outcome = (
      evidence: Partial<typeof counted> & { deed: "take" | "alter" | "drop"; snapshotId?: number; warning?: string },
    ) =>
      jobOutcome(
        aJob({
          work: { kind: "database-backup", deed: evidence.deed, backup: "sales", sql: "" },
          state: {
            name: "succeeded",
            startedAt,
            endedAt,
            evidence: { kind: "database-backup", ...counted, ...evidence },
          },
        }),
      );
    const held = { objects: 9, rows: 2_100_000, files: 412, sizeBytes: 2_200_000_000 };
    expect(outcome({ deed: "take", snapshotId: 7, ...held })).toBe(
      "snapshot 7 taken; 9 objects, 2.1 M rows; 2.2 GB in 412 files",
    );
    expect(outcome({ deed: "take", warning: "only rows changed, so no snapshot was taken" })).toBe(
      "only rows changed, so no snapshot was taken",
    );
    expect(outcome({ deed: "alter", snapshotId: 8, removed: 3 })).toBe("snapshot 8 made; 3 snapshots removed");
    expect(outcome({ deed: "alter" })).toBe("the options were changed");
    expect(outcome({ deed: "drop", removed: 2 })).toBe("sales dropped; 2 snapshots removed");
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
