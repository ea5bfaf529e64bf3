import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, it } from "vitest";
import { RestoreRecord } from "./cluster-facts.ts";
import { decideCommit, decideDiscard, decideKeep, decideUndo, settleAfterRestart } from "./restore-phase.ts";

type Phase = RestoreRecord["phase"];
const PHASES: readonly Phase[] = RestoreRecord.shape.phase.options;

function restore(phase: Phase, change: Partial<RestoreRecord> = {}): RestoreRecord {
  return {
    operationId: "6f1d8f0e-58f7-4d8c-9d53-6b0f2b0b7f10",
    phase,
    openedAt: "2026-11-22T14:00:00.000Z",
    keeping: false,
    ...change,
  };
}

function outcome(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return error instanceof SnapdeckError ? error.code : String(error);
  }
}

function table(decide: (record: RestoreRecord) => string): Partial<Record<Phase, string>> {
  return Object.fromEntries(PHASES.map((phase) => [phase, outcome(() => decide(restore(phase)))]));
}

describe("a restore", () => {
  it("is committed once, when it is ready", () => {
    expect(table((record) => decideCommit(record, false))).toEqual({
      preparing: "cluster-busy",
      ready: "start",
      sealing: "answer",
      swapped: "answer",
      discarding: "job-finished",
      discarded: "job-finished",
      failed: "job-finished",
      undoing: "answer",
      undone: "answer",
      kept: "answer",
    });
  });

  it("is discarded at any time before its swap is decided, and never after", () => {
    expect(table((record) => decideDiscard(record, false))).toEqual({
      preparing: "start",
      ready: "start",
      sealing: "start",
      swapped: "restore-already-swapped",
      discarding: "answer",
      discarded: "answer",
      failed: "answer",
      undoing: "restore-already-swapped",
      undone: "restore-already-swapped",
      kept: "restore-already-swapped",
    });
    expect(outcome(() => decideDiscard(restore("sealing"), true))).toBe("restore-already-swapped");
  });

  it("is undone only while the data from before is there", () => {
    expect(table((record) => decideUndo(record, false))).toEqual({
      preparing: "cluster-busy",
      ready: "cluster-busy",
      sealing: "cluster-busy",
      swapped: "start",
      discarding: "job-finished",
      discarded: "job-finished",
      failed: "job-finished",
      undoing: "answer",
      undone: "answer",
      kept: "job-finished",
    });
    expect(outcome(() => decideUndo(restore("swapped", { keeping: true }), false))).toBe("job-finished");
  });

  it("lets go of the data from before only after its swap", () => {
    expect(table((record) => decideKeep(record, true))).toEqual({
      preparing: "cluster-busy",
      ready: "cluster-busy",
      sealing: "cluster-busy",
      swapped: "start",
      discarding: "job-finished",
      discarded: "job-finished",
      failed: "job-finished",
      undoing: "cluster-busy",
      undone: "job-finished",
      kept: "answer",
    });
  });

  it("carries on with a swap that was decided and did not get through, when asked again", () => {
    expect(decideCommit(restore("sealing"), true)).toBe("start");
    expect(decideUndo(restore("undoing"), true)).toBe("start");
  });

  it("begins the removal of the data from before again when it failed, and not while it goes on", () => {
    expect(decideKeep(restore("swapped", { keeping: true }), true)).toBe("answer");
    expect(decideKeep(restore("swapped", { keeping: true }), false)).toBe("start");
  });
});

describe("after a restart that found no swap to finish", () => {
  it("every restore is settled, and the live data is what it was", () => {
    expect(table((record) => settleAfterRestart(record).phase)).toEqual({
      preparing: "failed",
      ready: "failed",
      sealing: "failed",
      swapped: "swapped",
      discarding: "discarded",
      discarded: "discarded",
      failed: "failed",
      undoing: "swapped",
      undone: "undone",
      kept: "kept",
    });
  });

  it("one that was being removed because it had failed is failed, with its reason", () => {
    expect(settleAfterRestart(restore("discarding", { detail: "rank 1 is lost" }))).toMatchObject({
      phase: "failed",
      detail: "rank 1 is lost",
    });
  });
});
