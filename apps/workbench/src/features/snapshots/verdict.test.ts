import type { Job } from "@snapdeck/contract/job";
import { describe, expect, test } from "vitest";
import { aJob, aProblem, aProgress } from "../../job-card/a-job.ts";
import { aCluster } from "./a-backup.ts";
import { snapshotsVerdict } from "./verdict.ts";

const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
const newest = { id: "b1", takenAt: "2026-11-22T13:53:00.000Z", provenAt: "2026-11-22T11:05:00.000Z" };
const backedUp = aCluster({ backups: { count: 1, newest } });

const age = (at: string) => `${Math.round((nowMs - Date.parse(at)) / 60_000)} minutes ago`;
const failedAt = (endedAt: string, kind: "backup" | "restore" = "backup") =>
  aJob({ work: { kind, backupId: "b2" }, state: { name: "failed", endedAt, problem: aProblem("disk-full") } });

function verdictOf(cluster: typeof backedUp, activity: Job[] = []) {
  return snapshotsVerdict({ cluster, activity, nowMs, age });
}

describe("The verdict of the Snapshots page", () => {
  test("says that everything is backed up, how old the newest backup is and when it was proven", () => {
    expect(verdictOf(backedUp)).toEqual({
      tone: "good",
      text: "Everything is backed up. Newest backup 12 minutes ago, proven 180 minutes ago.",
    });
  });

  test("does not reassure when the newest backup is more than a day old", () => {
    const old = { ...newest, takenAt: "2026-11-20T13:53:00.000Z" };
    const verdict = verdictOf(aCluster({ backups: { count: 1, newest: old } }));
    expect(verdict.tone).toBe("attention");
    expect(verdict.text).toMatch(/What was written since is in no backup\.$/);
  });

  test("says so when there is no backup", () => {
    expect(verdictOf(aCluster()).text).toBe("No backup yet.");
  });

  test("tells how far a backup is that is being taken", () => {
    const job = aJob({ progress: aProgress({ bytesDone: 62, bytesTotal: 100 }) });
    expect(verdictOf(backedUp, [job]).text).toMatch(/^Backing up now: 62 %\. Newest backup 12 minutes ago/);
  });

  test("names the step where there is no percentage to tell", () => {
    expect(verdictOf(aCluster(), [aJob()]).text).toBe("Backing up now: copying. No backup yet.");
    const state = { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "proving" } as const;
    const proving = aJob({ state, progress: aProgress({ bytesDone: 9, bytesTotal: 9 }) });
    expect(verdictOf(aCluster(), [proving]).text).toBe("Backing up now: proving. No backup yet.");
  });

  test("puts a failure before everything else, with the newest good backup", () => {
    expect(verdictOf(backedUp, [failedAt("2026-11-22T14:00:00.000Z")])).toEqual({
      tone: "bad",
      text: "A backup failed 5 minutes ago; newest good backup 12 minutes ago.",
    });
    expect(verdictOf(aCluster(), [failedAt("2026-11-22T14:00:00.000Z")]).text).toMatch(/there is no good backup\.$/);
  });

  test("forgets a failed backup once a later one succeeded, but not a failed restore", () => {
    expect(verdictOf(backedUp, [failedAt("2026-11-22T13:00:00.000Z")]).tone).toBe("good");
    expect(verdictOf(backedUp, [failedAt("2026-11-22T13:00:00.000Z", "restore")]).text).toMatch(/^A restore failed/);
  });

  test("forgets a failed restore once a later one succeeded", () => {
    const facts = { cluster: backedUp, activity: [failedAt("2026-11-22T14:00:00.000Z", "restore")], nowMs, age };
    expect(snapshotsVerdict({ ...facts, restoredAt: "2026-11-22T14:01:00.000Z" }).tone).toBe("good");
    expect(snapshotsVerdict({ ...facts, restoredAt: "2026-11-22T13:59:00.000Z" }).tone).toBe("bad");
  });

  test("puts a suspect newest backup before the word that everything is backed up", () => {
    const suspect = aCluster({ backups: { count: 2, newest: { ...newest, suspect: true } } });
    expect(verdictOf(suspect)).toEqual({
      tone: "bad",
      text: "The newest backup, taken 12 minutes ago, is suspect: a later proof of it failed. Take a new one.",
    });
    expect(verdictOf(suspect, [failedAt("2026-11-22T14:00:00.000Z")]).text).toMatch(
      /newest backup 12 minutes ago, suspect\.$/,
    );
  });

  test("says that a store check found something broken, until somebody clears it", () => {
    const state = { name: "failed", endedAt: "2026-11-22T14:00:00.000Z", problem: aProblem("store-broken") } as const;
    const check = aJob({ work: { kind: "check-store", bytes: false }, state });
    expect(verdictOf(backedUp, [check]).text).toBe(
      "A store check found something broken 5 minutes ago; newest good backup 12 minutes ago.",
    );
  });

  test("does not speak of the proof that follows each backup, which changes nothing", () => {
    const proof = aJob({ work: { kind: "verify-backup", backupId: "b1", level: "L2" }, state: { name: "queued" } });
    expect(verdictOf(backedUp, [proof]).tone).toBe("good");
  });

  test("speaks of an undo while it happens, and when it failed", () => {
    const work = { kind: "undo-restore", restoreId: "0191a3c0-0000-4000-8000-000000000001" } as const;
    const undoing = aJob({ work, state: { name: "running", startedAt: newest.takenAt, phase: "swapping" } });
    expect(verdictOf(backedUp, [undoing]).text).toMatch(/^Undoing a restore now: swapping\./);
    const endedAt = "2026-11-22T14:00:00.000Z";
    const failed = aJob({ work, state: { name: "failed", endedAt, problem: aProblem("lock-lost") } });
    expect(verdictOf(backedUp, [failed]).text).toMatch(/^Undoing a restore failed 5 minutes ago;/);
  });

  test("does not call a cluster well that does not answer", () => {
    const verdict = verdictOf(aCluster({ state: "unreachable", backups: { count: 1, newest } }));
    expect(verdict.text).toMatch(/^The cluster does not answer\. Newest backup 12 minutes ago/);
  });
});
