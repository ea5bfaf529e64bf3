import { describe, expect, test } from "vitest";
import { aJob, aProgress } from "./a-job.ts";
import { jobFacts, progressText } from "./job-facts.ts";

const measured = aProgress({
  bytesDone: 1_400_000_000,
  bytesTotal: 2_200_000_000,
  filesDone: 128,
  filesTotal: 412,
  bytesPerSecond: 812_000_000,
  etaMs: 990,
});
const valuesOf = (job: Parameters<typeof jobFacts>[0]) =>
  Object.fromEntries(jobFacts(job).map(({ name, value }) => [name, value]));

describe("The numbers on a job's card", () => {
  test("are percent, bytes, files, speed and time left of a backup", () => {
    expect(valuesOf(aJob({ progress: measured }))).toEqual({
      Done: "63 %",
      Bytes: "1.4 of 2.2 GB",
      Files: "128 of 412",
      Speed: "812.0 MB/s",
      "Time left": "about 1 s",
    });
  });

  test("are the same names before anything was measured, so that nothing moves when it is", () => {
    expect(valuesOf(aJob())).toEqual({ Done: "–", Bytes: "–", Files: "–", Speed: "–", "Time left": "calculating…" });
  });

  test("promise no end while the job is being canceled", () => {
    const at = "2026-11-22T14:05:00.000Z";
    const state = {
      name: "canceling",
      startedAt: at,
      phase: "copying",
      cancelRequestedAt: at,
      cancelRequestedBy: "ana",
    };
    expect(
      valuesOf(aJob({ progress: measured, state: { ...state, name: "canceling", phase: "copying" } })),
    ).toMatchObject({
      Speed: "–",
      "Time left": "–",
    });
  });

  test("promise nothing of the steps that move no bytes", () => {
    const state = { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "proving" } as const;
    expect(valuesOf(aJob({ progress: measured, state }))).toMatchObject({ Speed: "–", "Time left": "–" });
  });

  test("of a verification tell how fast it reads", () => {
    const work = { kind: "verify-backup", backupId: "b1", level: "L2" } as const;
    const state = { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "reading" } as const;
    expect(valuesOf(aJob({ work, state, progress: measured }))).toMatchObject({
      Bytes: "1.4 of 2.2 GB",
      Files: "128 of 412",
      Speed: "812.0 MB/s",
    });
  });

  test("of a store check are files, and bytes where it reads them", () => {
    const state = { name: "running", startedAt: "2026-11-22T14:05:00.000Z", phase: "checking" } as const;
    const names = (bytes: boolean) =>
      jobFacts(aJob({ work: { kind: "check-store", bytes }, state })).map((f) => f.name);
    expect(names(false)).toEqual(["Done", "Files"]);
    expect(names(true)).toEqual(["Done", "Bytes", "Files", "Speed", "Time left"]);
  });

  test("are left out where the work has none", () => {
    expect(jobFacts(aJob({ work: { kind: "suspend" } }))).toEqual([]);
  });

  test("are one sentence for a screen reader", () => {
    expect(progressText(aJob({ progress: measured }))).toBe("63 %, 1.4 of 2.2 GB");
    expect(progressText(aJob())).toBe("not known yet");
  });
});
