import { JobId } from "@snapdeck/contract/scalars";
import { expect, test } from "vitest";
import { aJob } from "../../job-card/a-job.ts";
import { jobsOfScript } from "./script-jobs.ts";

const work = { kind: "database-backup", deed: "take", backup: "b", sql: "BACKUP b DATA SINK = s" } as const;
const id = (last: number) => JobId.parse(`0191a3c0-0000-4000-8000-00000000000${last}`);
const before = { seq: 10, ids: new Set([id(1)]), username: "ana" };

test("The jobs of a script are its user's, of statements, and newer than what was there when it was sent", () => {
  const jobs = [
    aJob({ id: id(1), work, seq: 11 }),
    aJob({ id: id(2), work, seq: 9 }),
    aJob({ id: id(3), work, seq: 12, requestedBy: "ben" }),
    aJob({ id: id(4), seq: 13 }),
    aJob({ id: id(6), work, seq: 16, requestedAt: "2026-11-22T14:06:00.000Z" }),
    aJob({ id: id(5), work, seq: 14 }),
    aJob({ id: id(5), work, seq: 15 }),
  ];
  expect(jobsOfScript(jobs, before).map((job) => [job.id, job.seq])).toEqual([
    [id(5), 15],
    [id(6), 16],
  ]);
});
