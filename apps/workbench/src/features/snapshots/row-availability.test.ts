import { describe, expect, test } from "vitest";
import { aJob } from "../../job-card/a-job.ts";
import { aBackup, aCluster } from "./a-backup.ts";
import { rowAvailability } from "./row-availability.ts";

const backup = aBackup();
const deletion = aJob({
  work: { kind: "delete-backup", backupId: backup.id },
  state: { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "removing" },
});

describe("A row of the list of backups", () => {
  test("offers what the cluster allows", () => {
    const row = rowAvailability(backup, aCluster(), []);
    const allowed = { allowed: true };
    expect(row).toEqual({ restore: allowed, verify: allowed, remove: allowed, verifying: undefined, deleting: false });
  });

  test("says which proof reads the backup now, and offers no second one meanwhile", () => {
    const verification = aJob({
      work: { kind: "verify-backup", backupId: backup.id, level: "L3" },
      state: { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "reading" },
    });
    const row = rowAvailability(backup, aCluster(), [verification]);
    expect(row.verifying).toBe("L3");
    expect(row.verify).toMatchObject({ allowed: false, reason: "It is being verified already" });
    expect(row.restore).toEqual({ allowed: true });
    expect(rowAvailability(aBackup({ id: "another" }), aCluster(), [verification]).verify).toEqual({ allowed: true });
  });

  test("does not offer to delete a backup that a job is using, and names the job", () => {
    const row = rowAvailability(aBackup({ inUseBy: deletion.id }), aCluster(), []);
    expect(row.remove).toMatchObject({ allowed: false, reason: "A job is using this backup", jobId: deletion.id });
  });

  test("offers nothing while the backup is being deleted", () => {
    const row = rowAvailability(backup, aCluster(), [deletion]);
    expect(row.deleting).toBe(true);
    expect(row.restore).toMatchObject({ allowed: false, reason: "It is being deleted" });
  });

  test("gives the cluster's reason first, for it holds for every row", () => {
    const refused = { allowed: false, code: "role-needed", reason: "This needs the role admin" } as const;
    const cluster = aCluster();
    const viewed = { ...cluster, actions: { ...cluster.actions, deleteBackup: refused } };
    expect(rowAvailability(aBackup({ inUseBy: deletion.id }), viewed, []).remove).toEqual(refused);
  });
});
