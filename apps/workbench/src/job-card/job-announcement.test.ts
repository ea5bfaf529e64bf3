import { describe, expect, test } from "vitest";
import { aJob, aProblem, aProgress } from "./a-job.ts";
import { jobAnnouncement } from "./job-announcement.ts";

const at = "2026-11-22T14:05:00.000Z";
const copying = aJob();
const proving = aJob({ state: { name: "running", startedAt: at, phase: "proving" } });
const failed = aJob({ state: { name: "failed", endedAt: at, problem: aProblem("disk-full") } });

describe("A screen reader hears of a job", () => {
  test("when it starts, at each step and when it ends", () => {
    expect(jobAnnouncement(undefined, copying, "Backup")).toBe("Backup: started, copying");
    expect(jobAnnouncement(copying, proving, "Backup")).toBe("Backup: proving");
    expect(jobAnnouncement(proving, failed, "Backup")).toBe("Backup: failed. Not enough space");
  });

  test("but not of each percent", () => {
    const further = aJob({ progress: aProgress({ bytesDone: 1, bytesTotal: 2 }) });
    expect(jobAnnouncement(copying, further, "Backup")).toBeUndefined();
  });
});
