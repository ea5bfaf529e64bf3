import type { Job, Progress } from "@snapdeck/contract/job";
import { LiveFrame } from "@snapdeck/contract/live";
import { ClusterId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { aJob } from "../job-card/a-job.ts";
import { applyFrame, type LiveView } from "./apply-frame.ts";

const OTHER = ClusterId.parse("other");
const CLUSTER = aJob().clusterId;

function aView(items: readonly Job[], seq: number): LiveView {
  return { clusterId: CLUSTER, items: [...items], seq };
}

function jobFrame(job: Job, seq: number): LiveFrame {
  return LiveFrame.parse({ type: "job", clusterId: job.clusterId, seq, job: { ...job, seq } });
}

function progressAt(measuredAt: string, bytesDone: number): Progress {
  return { measuredAt, bytesDone, bytesTotal: 1000, filesDone: 0, filesTotal: 0, ranks: [] };
}

function progressFrame(job: Job, progress: Progress, attempt = job.attempt): LiveFrame {
  return { type: "progress", clusterId: job.clusterId, jobId: job.id, attempt, progress };
}

const RUNNING = aJob({ state: { name: "running", startedAt: "2026-11-22T13:00:01.000Z", phase: "copying" } });
const SUCCEEDED: Job = {
  ...RUNNING,
  state: {
    name: "succeeded",
    startedAt: "2026-11-22T13:00:01.000Z",
    endedAt: "2026-11-22T13:00:09.000Z",
    evidence: { kind: "suspend", ranksStopped: 1 },
  },
};

describe("A change of a job", () => {
  test("that is the next one is shown, and a job that was not known enters", () => {
    const applied = applyFrame(aView([], 6), jobFrame(RUNNING, 7));
    expect(applied.view.items.map(({ id }) => id)).toEqual([RUNNING.id]);
    expect(applied.view.seq).toBe(7);
    expect(applied.lost).toBe(false);
    expect(applied.outdated).toEqual(["jobs", "cluster"]);
  });

  test("that a reconnect replays is ignored", () => {
    const view = aView([{ ...RUNNING, seq: 7 }], 7);
    expect(applyFrame(view, jobFrame(SUCCEEDED, 7)).view).toBe(view);
    expect(applyFrame(view, jobFrame(SUCCEEDED, 3)).view).toBe(view);
  });

  test("that comes after a gap is not shown; everything is read again", () => {
    const view = aView([{ ...RUNNING, seq: 7 }], 7);
    const applied = applyFrame(view, jobFrame(SUCCEEDED, 9));
    expect(applied.view).toBe(view);
    expect(applied.lost).toBe(true);
    expect(applied.outdated).toEqual(["cluster", "inventory", "backups", "jobs"]);
  });

  test("that ends it takes it from the activity, and makes the backups and the cluster be read again", () => {
    const applied = applyFrame(aView([{ ...RUNNING, seq: 7 }], 7), jobFrame(SUCCEEDED, 8));
    expect(applied.view.items).toEqual([]);
    expect(applied.outdated).toEqual(expect.arrayContaining(["backups", "cluster", "inventory"]));
  });

  test("keeps the job at its place, so that no row moves under the pointer", () => {
    const older = aJob({ id: id(1), requestedAt: "2026-11-22T12:00:00.000Z", state: RUNNING.state });
    const newer = aJob({ id: id(2), requestedAt: "2026-11-22T12:30:00.000Z", state: RUNNING.state });
    const between = aJob({ id: id(3), requestedAt: "2026-11-22T12:10:00.000Z", state: RUNNING.state });
    const entered = applyFrame(aView([newer, older], 7), jobFrame(between, 8)).view;
    expect(entered.items.map(({ id: one }) => one)).toEqual([newer.id, between.id, older.id]);
    const changed = applyFrame(entered, jobFrame({ ...older, attempt: 2 }, 9)).view;
    expect(changed.items.map(({ id: one }) => one)).toEqual([newer.id, between.id, older.id]);
  });

  test("of another cluster changes nothing", () => {
    const view = aView([], 6);
    expect(applyFrame(view, jobFrame({ ...RUNNING, clusterId: OTHER }, 7)).view).toBe(view);
  });

  test("does not take back progress that was measured later", () => {
    const measured = progressAt("2026-11-22T13:00:05.000Z", 500);
    const held = { ...RUNNING, seq: 7, progress: measured };
    const change = { ...RUNNING, progress: progressAt("2026-11-22T13:00:04.000Z", 400) };
    expect(applyFrame(aView([held], 7), jobFrame(change, 8)).view.items[0]?.progress).toEqual(measured);
  });
});

describe("Progress", () => {
  const held = { ...RUNNING, progress: progressAt("2026-11-22T13:00:05.000Z", 500) };

  test("is shown when it was measured later", () => {
    const frame = progressFrame(held, progressAt("2026-11-22T13:00:06.000Z", 600));
    expect(applyFrame(aView([held], 7), frame).view.items[0]?.progress?.bytesDone).toBe(600);
  });

  test("that comes late, or from an earlier attempt, is ignored", () => {
    const view = aView([held], 7);
    expect(applyFrame(view, progressFrame(held, progressAt("2026-11-22T13:00:04.000Z", 400))).view).toBe(view);
    expect(applyFrame(view, progressFrame(held, progressAt("2026-11-22T13:00:09.000Z", 1), 9)).view).toBe(view);
  });

  test("of a job that is not shown is ignored", () => {
    const view = aView([], 7);
    expect(applyFrame(view, progressFrame(held, progressAt("2026-11-22T13:00:09.000Z", 900))).view).toBe(view);
  });
});

describe("The stream", () => {
  test("that asks for it, or stands elsewhere after its replay, makes the page read again", () => {
    const view = aView([], 7);
    expect(applyFrame(view, { type: "resync", clusterId: CLUSTER }).lost).toBe(true);
    expect(applyFrame(view, { type: "following", clusterId: CLUSTER, seq: 8 }).lost).toBe(true);
    expect(applyFrame(view, { type: "following", clusterId: CLUSTER, seq: 2 }).lost).toBe(true);
    expect(applyFrame(view, { type: "following", clusterId: CLUSTER, seq: 7 }).lost).toBe(false);
  });

  test("that tells of other backups makes only those be read again", () => {
    expect(applyFrame(aView([], 7), { type: "backups", clusterId: CLUSTER }).outdated).toEqual(["backups", "cluster"]);
  });
});

function id(number: number): Job["id"] {
  return aJob({ id: `00000000-0000-4000-8000-00000000000${number}` }).id;
}
