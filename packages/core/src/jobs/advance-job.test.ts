import { Evidence, type JobState } from "@snapdeck/contract/job";
import { BackupId } from "@snapdeck/contract/scalars";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { advanceJob, isEnded, type JobEvent } from "./advance-job.ts";

const T0 = "2026-11-22T14:00:00.000Z";
const T1 = "2026-11-22T14:00:01.000Z";
const evidence = Evidence.parse({ kind: "delete-backup", backupId: BackupId.parse("b-1"), filesRemoved: 3 });
const problem = problemOf(new SnapdeckError("disk-full", "the disk is full; nothing was listed"));

const queued: JobState = { name: "queued" };
const running: JobState = { name: "running", startedAt: T0, phase: "copying" };
const canceling: JobState = {
  name: "canceling",
  startedAt: T0,
  phase: "copying",
  cancelRequestedAt: T0,
  cancelRequestedBy: "ana",
};
const ended: JobState[] = [
  { name: "succeeded", startedAt: T0, endedAt: T1, evidence },
  { name: "failed", startedAt: T0, endedAt: T1, phase: "copying", problem },
  { name: "canceled", startedAt: T0, endedAt: T1, canceledBy: "ana" },
  { name: "interrupted", startedAt: T0, endedAt: T1, phase: "copying", problem },
];

const events: Record<JobEvent["type"], JobEvent> = {
  started: { type: "started", at: T1, phase: "preparing" },
  entered: { type: "entered", phase: "proving" },
  "cancel-requested": { type: "cancel-requested", at: T1, by: "bo" },
  confirmed: { type: "confirmed", at: T1, evidence },
  stopped: { type: "stopped", at: T1 },
  failed: { type: "failed", at: T1, problem },
  lost: { type: "lost", at: T1, problem },
};

describe("a job", () => {
  const cases: { name: string; from: JobState; event: JobEvent; to: JobState }[] = [
    {
      name: "runs once it is started",
      from: queued,
      event: events.started,
      to: { name: "running", startedAt: T1, phase: "preparing" },
    },
    {
      name: "that waits is canceled at once",
      from: queued,
      event: events["cancel-requested"],
      to: { name: "canceled", endedAt: T1, canceledBy: "bo" },
    },
    {
      name: "that waits can be refused by the preflight",
      from: queued,
      event: events.failed,
      to: { name: "failed", endedAt: T1, problem },
    },
    { name: "enters its next phase", from: running, event: events.entered, to: { ...running, phase: "proving" } },
    {
      name: "is canceling once somebody asks",
      from: running,
      event: events["cancel-requested"],
      to: { ...running, name: "canceling", cancelRequestedAt: T1, cancelRequestedBy: "bo" },
    },
    {
      name: "that is canceling keeps the name of who asked first",
      from: canceling,
      event: events["cancel-requested"],
      to: canceling,
    },
    {
      name: "that is canceling still tells its phase",
      from: canceling,
      event: events.entered,
      to: { ...canceling, phase: "proving" },
    },
    {
      name: "I26: that is canceling ends canceled when nothing is left",
      from: canceling,
      event: events.stopped,
      to: { name: "canceled", startedAt: T0, endedAt: T1, canceledBy: "ana" },
    },
    {
      name: "I26: that was done before the cancel was heard has succeeded",
      from: canceling,
      event: events.confirmed,
      to: { name: "succeeded", startedAt: T0, endedAt: T1, evidence },
    },
    {
      name: "succeeds with evidence",
      from: running,
      event: events.confirmed,
      to: { name: "succeeded", startedAt: T0, endedAt: T1, evidence },
    },
    {
      name: "fails with a problem and the phase it failed in",
      from: running,
      event: events.failed,
      to: { name: "failed", startedAt: T0, endedAt: T1, phase: "copying", problem },
    },
    {
      name: "nobody can account for is interrupted, not failed",
      from: running,
      event: events.lost,
      to: { name: "interrupted", startedAt: T0, endedAt: T1, phase: "copying", problem },
    },
    { name: "that is taken up keeps the moment it began", from: running, event: events.started, to: running },
  ];
  test.each(cases)("$name", ({ from, event, to }) => {
    expect(advanceJob(from, event)).toEqual(to);
  });

  test.each(ended.flatMap((state) => Object.values(events).map((event) => ({ state, event }))))(
    "that is $state.name cannot be $event.type any more",
    ({ state, event }) => {
      expect(() => advanceJob(state, event)).toThrow("cannot be");
    },
  );

  test("that nobody asked to cancel cannot end canceled", () => {
    expect(() => advanceJob(running, events.stopped)).toThrow("cannot be stopped");
  });

  test("has ended in four of its seven states", () => {
    expect([queued, running, canceling, ...ended].map(isEnded)).toEqual([false, false, false, true, true, true, true]);
  });
});
