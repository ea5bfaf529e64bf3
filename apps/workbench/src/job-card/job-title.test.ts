import { describe, expect, test } from "vitest";
import { aJob } from "./a-job.ts";
import { jobTitle } from "./job-title.ts";
import { momentName } from "./moment-name.ts";

const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
const facts = { nowMs, timeZone: "UTC" };

describe("The title of a job", () => {
  test("of a backup names the minute it was asked for", () => {
    expect(jobTitle(aJob(), facts)).toBe("Backup 2026-11-22 14:05");
  });

  test("of a restore names the backup by when it was taken", () => {
    const restore = aJob({ work: { kind: "restore", backupId: "b1" } });
    const backupTakenAt = "2026-11-22T13:52:00.000Z";
    expect(jobTitle(restore, { ...facts, backupTakenAt })).toBe("Restore from the backup of today 13:52");
  });

  test("of a verification names the backup and how far it is proven", () => {
    const proof = aJob({ work: { kind: "verify-backup", backupId: "b1", level: "L3" } });
    const backupTakenAt = "2026-11-22T13:52:00.000Z";
    expect(jobTitle(proof, { ...facts, backupTakenAt })).toBe("Verify the backup of today 13:52 · L3");
  });

  test("of a store check says whether bytes are read", () => {
    expect(jobTitle(aJob({ work: { kind: "check-store", bytes: false } }), facts)).toBe("Check the store");
    expect(jobTitle(aJob({ work: { kind: "check-store", bytes: true } }), facts)).toBe("Check the store, every byte");
  });

  test.each([
    ["take", "CREATE BACKUP sales DATA SINK = s OBJECTS (ALL = shop)", "Create the backup sales"],
    ["take", "BACKUP sales DATA SINK = s", "Take an incremental snapshot of sales"],
    ["take", "BACKUP sales TYPE = 'differential' DATA SINK = s", "Take a differential snapshot of sales"],
    [
      "take",
      "BACKUP sales DATA SINK = s WITH OPTIONS (COMMENT = 'TYPE = ''differential''')",
      "Take an incremental snapshot of sales",
    ],
    ["alter", "ALTER BACKUP sales DATA SINK = s MERGE", "Merge the snapshots of sales"],
    ["alter", "ALTER BACKUP sales DATA SINK = s PURGE 1654321012345", "Purge snapshot 1654321012345 of sales"],
    ["alter", "ALTER BACKUP sales DATA SINK = s SET COMMENT = 'PURGE 1, then MERGE'", "Change the options of sales"],
    ["restore", "RESTORE BACKUP sales DATA SOURCE = s OBJECTS (ALL = shop)", "Restore objects from sales"],
    ["drop", "DROP BACKUP sales DATA SINK = s", "Drop the backup sales"],
    ["verify", "VERIFY BACKUP sales DATA SOURCE = s", "Verify the backup sales"],
  ] as const)("of a statement that does %s says what `%s` means", (deed, sql, title) => {
    const job = aJob({ work: { kind: "database-backup", deed, backup: "sales", sql } });
    expect(jobTitle(job, facts)).toBe(title);
  });

  test("of a statement about several backups names them by their pattern", () => {
    const drop = (backup: string) =>
      jobTitle(aJob({ work: { kind: "database-backup", deed: "drop", backup, sql: "DROP BACKUP" } }), facts);
    expect(drop("*")).toBe("Drop all backups");
    expect(drop("conf*")).toBe("Drop the backups conf*");
  });

  test("falls back to the backup's id when the page does not know the backup", () => {
    const deletion = aJob({ work: { kind: "delete-backup", backupId: "b1" } });
    expect(jobTitle(deletion, facts)).toBe("Delete backup b1");
  });
});

describe("A moment's name", () => {
  test("goes by the reader's calendar and not by 24 hours", () => {
    const justAfterMidnight = Date.parse("2026-11-22T00:10:00.000Z");
    expect(momentName("2026-11-21T23:50:00.000Z", justAfterMidnight, "UTC")).toBe("yesterday 23:50");
    expect(momentName("2026-11-21T23:50:00.000Z", justAfterMidnight, "Europe/Berlin")).toBe("today 00:50");
  });

  test("is the full date before yesterday, over the end of a month too", () => {
    expect(momentName("2026-11-30T09:00:00.000Z", Date.parse("2026-12-01T09:00:00.000Z"), "UTC")).toBe(
      "yesterday 09:00",
    );
    expect(momentName("2026-11-20T09:00:00.000Z", nowMs, "UTC")).toBe("2026-11-20 09:00");
  });
});
