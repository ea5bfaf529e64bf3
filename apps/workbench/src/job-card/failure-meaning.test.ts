import type { DatabaseBackupDeed, JobPhase } from "@snapdeck/contract/job";
import { expect, test } from "vitest";
import { aJob, aProblem } from "./a-job.ts";
import { failureMeaning } from "./failure-meaning.ts";

function meaning(deed: DatabaseBackupDeed, phase: JobPhase): string | undefined {
  const work = { kind: "database-backup", deed, backup: "b", sql: "BACKUP b DATA SINK = s" } as const;
  const problem = aProblem("rank-lost");
  return failureMeaning(aJob({ work, state: { name: "failed", endedAt: "2026-11-22T14:06:00.000Z", phase, problem } }));
}

test("A failed statement says what became of the data, as far as its step tells", () => {
  expect(meaning("take", "copying")).toContain("No snapshot was listed");
  expect(meaning("take", "folding")).toContain("every listed snapshot stays restorable");
  expect(meaning("restore", "restoring")).toContain("No object of the cluster was replaced");
});

test("Of a restore that failed while objects were exchanged, and of other work, the problem says it", () => {
  expect(meaning("restore", "swapping")).toBeUndefined();
  const problem = aProblem("rank-lost");
  expect(
    failureMeaning(aJob({ state: { name: "failed", endedAt: "2026-11-22T14:06:00.000Z", problem } })),
  ).toBeUndefined();
});
