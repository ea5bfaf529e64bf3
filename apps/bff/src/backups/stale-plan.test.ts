import { RestorePlan } from "@snapdeck/contract/backup";
import { JobId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import type { PlannedWorld } from "./restore-plans.ts";
import { staleness } from "./stale-plan.ts";

const MADE = "2026-11-22T14:00:00.000Z";
const EXPIRES = "2026-11-22T14:10:00.000Z";
const JOB = JobId.parse("6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11");
const world: PlannedWorld = {
  clusterState: "suspended",
  manifestSha256: "a".repeat(64),
  inventoryObservedAt: MADE,
  lastSuspend: null,
  lastRestore: null,
  lastUndo: null,
};

const plan = RestorePlan.parse({
  id: "6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b12",
  backup: {
    id: "b-1",
    clusterId: "local",
    takenAt: MADE,
    completedAt: MADE,
    tookMs: 1,
    sizeBytes: 1,
    files: 1,
    databases: 1,
    tables: 1,
    rows: 1,
    ranks: 1,
    engineVersion: "1",
    requestedBy: "ana",
    manifestSha256: "a".repeat(64),
    proof: { level: "L1", provenAt: MADE },
    proofs: [{ level: "L1", provenAt: MADE }],
  },
  clusterName: "local",
  madeAt: MADE,
  expiresAt: EXPIRES,
  tables: [],
  rowsThen: 1,
  space: { neededBytes: 1, freeBytes: 2, enough: true },
  warnings: [],
});

describe("a plan", () => {
  test.each([
    { name: "fits the world it was made in", now: MADE, ...world, reason: undefined },
    { name: "fits to its last moment", now: EXPIRES, ...world, reason: undefined },
    { name: "expires", now: "2026-11-22T14:10:00.001Z", ...world, reason: "it has expired" },
    {
      name: "is of no use for another manifest",
      now: MADE,
      ...world,
      manifestSha256: "b".repeat(64),
      reason: "its backup is another one now",
    },
    {
      name: "is of no use in another state",
      now: MADE,
      ...world,
      clusterState: "running" as const,
      reason: "it was made while the cluster was suspended, and the cluster is running now",
    },
    {
      name: "is of no use after the cluster ran",
      now: MADE,
      ...world,
      inventoryObservedAt: EXPIRES,
      reason: "the cluster ran since it was made",
    },
    {
      name: "is of no use after the cluster was suspended anew, though nobody could read what it holds",
      now: MADE,
      ...world,
      lastSuspend: JOB,
      reason: "the cluster ran since it was made",
    },
    {
      name: "is of no use after a restore",
      now: MADE,
      ...world,
      lastRestore: JOB,
      reason: "the cluster was restored since it was made",
    },
    {
      name: "is of no use after an undo",
      now: MADE,
      ...world,
      lastUndo: JOB,
      reason: "a restore was undone since it was made",
    },
  ])("$name", ({ now, reason, name: _, ...present }) => {
    expect(staleness({ plan, world }, present, now)).toBe(reason);
  });

  test("is of no use without its backup", () => {
    expect(staleness({ plan, world }, undefined, MADE)).toBe("its backup is no longer there");
  });
});
