import { describe, expect, test } from "vitest";
import { aJob } from "../../job-card/a-job.ts";
import { recentRestore } from "./recent-restore.ts";

const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
const none = new Set<string>();

function restoreEnded(endedAt: string) {
  const evidence = { kind: "restore", backupId: "b1", tables: 12, rows: 100, swapMs: 4 } as const;
  return aJob({
    work: { kind: "restore", backupId: "b1" },
    state: { name: "succeeded", startedAt: "2026-11-22T08:00:00.000Z", endedAt, evidence },
  });
}

describe("The result of a restore", () => {
  test("is told for an hour", () => {
    const shown = recentRestore([restoreEnded("2026-11-22T13:06:00.000Z")], {
      nowMs,
      openedMs: nowMs,
      dismissed: none,
    });
    expect(shown).toMatchObject({ tables: 12, rows: 100, swapMs: 4 });
    const late = [restoreEnded("2026-11-22T13:04:00.000Z")];
    expect(recentRestore(late, { nowMs, openedMs: nowMs, dismissed: none })).toBeUndefined();
  });

  test("is told longer on a page that was open when it ended", () => {
    const jobs = [restoreEnded("2026-11-22T09:00:00.000Z")];
    const openedMs = Date.parse("2026-11-22T08:30:00.000Z");
    expect(recentRestore(jobs, { nowMs, openedMs, dismissed: none })).toBeDefined();
  });

  test("is not told again after it was dismissed", () => {
    const job = restoreEnded("2026-11-22T14:00:00.000Z");
    expect(recentRestore([job], { nowMs, openedMs: nowMs, dismissed: new Set([job.id]) })).toBeUndefined();
  });
});
