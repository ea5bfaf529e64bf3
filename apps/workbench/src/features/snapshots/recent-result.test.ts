import type { Job } from "@snapdeck/contract/job";
import { describe, expect, test } from "vitest";
import { aJob, aProblem } from "../../job-card/a-job.ts";
import { CHECKS, RESTORES, recentResult } from "./recent-result.ts";

const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
const startedAt = "2026-11-22T08:00:00.000Z";
const shown = (jobs: readonly Job[], openedMs = nowMs, dismissed = "") =>
  recentResult(jobs, RESTORES, { nowMs, openedMs, dismissed });

function restoreEnded(endedAt: string) {
  const evidence = { kind: "restore", backupId: "b1", tables: 12, rows: 100, swapMs: 4 } as const;
  return aJob({
    work: { kind: "restore", backupId: "b1" },
    state: { name: "succeeded", startedAt, endedAt, evidence },
  });
}

function undoneAt(endedAt: string) {
  const work = { kind: "undo-restore", restoreId: "0191a3c0-0000-4000-8000-000000000001" } as const;
  const evidence = { ...work, swapMs: 9 };
  return aJob({
    id: "0191a3c0-0000-4000-8000-000000000002",
    work,
    state: { name: "succeeded", startedAt, endedAt, evidence },
  });
}

describe("The result of a restore", () => {
  test("is told for an hour", () => {
    expect(shown([restoreEnded("2026-11-22T13:06:00.000Z")])?.evidence).toMatchObject({ tables: 12, rows: 100 });
    expect(shown([restoreEnded("2026-11-22T13:04:00.000Z")])).toBeUndefined();
  });

  test("is told longer on a page that was open when it ended", () => {
    const openedMs = Date.parse("2026-11-22T08:30:00.000Z");
    expect(shown([restoreEnded("2026-11-22T09:00:00.000Z")], openedMs)).toBeDefined();
  });

  test("is not told again after it was dismissed", () => {
    const job = restoreEnded("2026-11-22T14:00:00.000Z");
    expect(shown([job], nowMs, job.id)).toBeUndefined();
  });

  test("is history once the restore was undone, and the undo is told instead", () => {
    const jobs = [restoreEnded("2026-11-22T14:00:00.000Z"), undoneAt("2026-11-22T14:03:00.000Z")];
    expect(shown(jobs)?.evidence.kind).toBe("undo-restore");
  });
});

describe("The result of a store check", () => {
  test("is history once a later check failed", () => {
    const work = { kind: "check-store", bytes: false } as const;
    const evidence = { kind: "check-store", backups: 2, files: 80, sizeBytes: 900, invariants: 20 } as const;
    const clean = aJob({
      work,
      state: { name: "succeeded", startedAt, endedAt: "2026-11-22T14:00:00.000Z", evidence },
    });
    const broken = aJob({
      id: "0191a3c0-0000-4000-8000-000000000003",
      work,
      state: { name: "failed", endedAt: "2026-11-22T14:04:00.000Z", problem: aProblem("store-broken") },
    });
    const facts = { nowMs, openedMs: nowMs, dismissed: "" };
    expect(recentResult([clean], CHECKS, facts)?.job.id).toBe(clean.id);
    expect(recentResult([clean, broken], CHECKS, facts)).toBeUndefined();
  });
});
