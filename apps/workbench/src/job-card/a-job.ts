import { Job, type JobState, type JobWork, type Progress } from "@snapdeck/contract/job";
import { PROBLEMS, Problem, type ProblemCode } from "@snapdeck/contract/problem";

type Overrides = Partial<Omit<(typeof Job)["_zod"]["input"], "work" | "state">> & {
  work?: (typeof JobWork)["_zod"]["input"];
  state?: (typeof JobState)["_zod"]["input"];
};

/** A valid job for tests, a running backup by default; name only what the test is about. */
export function aJob(overrides: Overrides = {}): Job {
  return Job.parse({
    id: "0191a3c0-0000-4000-8000-000000000001",
    clusterId: "production",
    work: { kind: "backup", backupId: "20261122-140500-ab12" },
    requestedBy: "ana",
    requestedAt: "2026-11-22T14:05:00.000Z",
    attempt: 1,
    state: { name: "running", startedAt: "2026-11-22T14:05:00.100Z", phase: "copying" },
    seq: 1,
    ...overrides,
  });
}

/** How far a job is, in bytes and in files at once; one rank holds it all. */
export function aProgress(overrides: Partial<Progress> = {}): Progress {
  const overall = { bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0, ...overrides };
  return { measuredAt: "2026-11-22T14:05:02.000Z", ranks: [{ rank: 0, ...pick(overall) }], ...overall };
}

/** A problem as the server writes it. */
export function aProblem(code: ProblemCode, words: { detail?: string; hint?: string } = {}): Problem {
  return Problem.parse({ type: `/problems/${code}`, code, ...PROBLEMS[code], ...words });
}

function pick({ bytesDone, bytesTotal, filesDone, filesTotal }: Omit<Progress, "measuredAt" | "ranks">) {
  return { bytesDone, bytesTotal, filesDone, filesTotal };
}
