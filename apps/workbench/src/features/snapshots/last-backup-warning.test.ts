import { describe, expect, test } from "vitest";
import { aBackup, aCluster } from "./a-backup.ts";
import { lastBackupWarning } from "./last-backup-warning.ts";

const backup = aBackup();
const newest = { id: backup.id, takenAt: backup.takenAt, provenAt: backup.takenAt };

describe("Before a backup is deleted", () => {
  test("the only one is named as such", () => {
    expect(lastBackupWarning(aCluster({ backups: { count: 1, newest } }), backup.id)).toMatch(
      /^This is the only backup\./,
    );
  });

  test("the newest one is named as such", () => {
    expect(lastBackupWarning(aCluster({ backups: { count: 2, newest } }), backup.id)).toMatch(
      /^This is the newest backup\./,
    );
  });

  test("an older one needs no warning", () => {
    const newer = { ...newest, id: "b9" };
    expect(lastBackupWarning(aCluster({ backups: { count: 2, newest: newer } }), backup.id)).toBeUndefined();
  });
});
