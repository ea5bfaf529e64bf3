import { describe, expect, test } from "vitest";
import { aJob, aProgress } from "./a-job.ts";
import { percentOf, percentText } from "./percent.ts";

const deletion = { kind: "delete-backup", backupId: "b1" } as const;
const removing = { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "removing" } as const;

describe("The percentage of a job", () => {
  test("is rounded down, so that 100 is said only when nothing is left", () => {
    expect(percentOf(aJob({ progress: aProgress({ bytesDone: 999, bytesTotal: 1_000 }) }))).toBe(99);
    expect(percentOf(aJob({ progress: aProgress({ bytesDone: 1_000, bytesTotal: 1_000 }) }))).toBe(100);
  });

  test("is not told before the total is known", () => {
    expect(percentOf(aJob())).toBeUndefined();
    expect(percentOf(aJob({ progress: aProgress({ bytesDone: 5 }) }))).toBeUndefined();
  });

  test("of a backup is never guessed from its files, or it would go back once the bytes are known", () => {
    expect(percentOf(aJob({ progress: aProgress({ filesDone: 5, filesTotal: 10 }) }))).toBeUndefined();
  });

  test("of a deletion counts files, for there are no bytes to move", () => {
    const progress = aProgress({ filesDone: 1, filesTotal: 4 });
    expect(percentOf(aJob({ work: deletion, state: removing, progress }))).toBe(25);
  });

  test("is written with a space, and as a dash while unknown", () => {
    expect(percentText(62)).toBe("62 %");
    expect(percentText(undefined)).toBe("–");
  });
});
