import type { HostTransition } from "@snapdeck/contract/host";
import { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, it } from "vitest";
import type { ClusterFacts, RestoreRecord } from "./cluster-facts.ts";
import {
  assertMayRestore,
  assertMayResume,
  assertMaySuspend,
  assertNotFenced,
  hostStateOf,
  recognizeOrder,
} from "./host-state.ts";

const AT = "2026-11-22T14:00:00.000Z";
const ID = "6f1d8f0e-58f7-4d8c-9d53-6b0f2b0b7f10";

const RUNNING: ClusterFacts = {
  version: 1,
  clusterId: ClusterId.parse("local"),
  name: "local",
  ranks: 1,
  createdAt: AT,
  ranksMade: true,
  desired: "running",
  fencingToken: 7,
  engineVersion: "",
  orders: [],
  restores: [],
};
const SUSPENDED: ClusterFacts = { ...RUNNING, desired: "suspended" };

function transition(kind: HostTransition["kind"], phase: HostTransition["phase"]): HostTransition {
  return { operationId: ID, kind, phase, startedAt: AT };
}

function withRestore(facts: ClusterFacts, phase: RestoreRecord["phase"]): ClusterFacts {
  return { ...facts, restores: [{ operationId: ID, phase, openedAt: AT, keeping: false }] };
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return error instanceof SnapdeckError ? error.code : String(error);
  }
  return undefined;
}

describe("the state of the cluster", () => {
  it("is what was asked for, once nothing moves", () => {
    expect(hostStateOf(RUNNING, false)).toBe("running");
    expect(hostStateOf(SUSPENDED, false)).toBe("suspended");
  });

  it("says which way it moves", () => {
    expect(hostStateOf(RUNNING, true)).toBe("resuming");
    expect(hostStateOf(SUSPENDED, true)).toBe("suspending");
  });

  it("is never suspended after a suspend that could not prove that the ranks are gone", () => {
    expect(hostStateOf({ ...SUSPENDED, transition: transition("suspend", "failed") }, false)).toBe("suspending");
    expect(hostStateOf({ ...SUSPENDED, transition: transition("suspend", "done") }, false)).toBe("suspended");
    expect(hostStateOf({ ...SUSPENDED, transition: transition("resume", "failed") }, false)).toBe("suspended");
  });

  it.each(["preparing", "ready", "sealing", "discarding", "undoing"] as const)(
    "is restoring while a restore is %s",
    (phase) => {
      expect(hostStateOf(withRestore(SUSPENDED, phase), false)).toBe("restoring");
    },
  );

  it.each(["swapped", "discarded", "failed", "undone", "kept"] as const)(
    "is suspended after a restore that is %s",
    (phase) => {
      expect(hostStateOf(withRestore(SUSPENDED, phase), false)).toBe("suspended");
    },
  );
});

describe("orders", () => {
  it("suspend a running cluster and resume a suspended one", () => {
    expect(codeOf(() => assertMaySuspend(RUNNING, false))).toBeUndefined();
    expect(codeOf(() => assertMayResume(SUSPENDED, false))).toBeUndefined();
  });

  it("are refused where there is nothing to do", () => {
    expect(codeOf(() => assertMaySuspend(SUSPENDED, false))).toBe("cluster-not-running");
    expect(codeOf(() => assertMayResume(RUNNING, false))).toBe("cluster-not-suspended");
  });

  it("are refused while the cluster moves", () => {
    expect(codeOf(() => assertMaySuspend(RUNNING, true))).toBe("cluster-busy");
    expect(codeOf(() => assertMayResume(SUSPENDED, true))).toBe("cluster-busy");
    expect(codeOf(() => assertMayRestore(SUSPENDED, true))).toBe("cluster-not-suspended");
  });

  it("are refused while a restore is open", () => {
    const restoring = withRestore(SUSPENDED, "ready");
    expect(codeOf(() => assertMaySuspend(restoring, false))).toBe("restore-in-progress");
    expect(codeOf(() => assertMayResume(restoring, false))).toBe("restore-in-progress");
    expect(codeOf(() => assertMayRestore(restoring, false))).toBe("restore-in-progress");
  });

  it("to restore are refused unless the cluster is suspended", () => {
    expect(codeOf(() => assertMayRestore(RUNNING, false))).toBe("cluster-not-suspended");
    expect(codeOf(() => assertMayRestore(SUSPENDED, false))).toBeUndefined();
  });

  it("to restore again and to resume do not wait for the previous data to be let go", () => {
    const swapped = withRestore(SUSPENDED, "swapped");
    expect(codeOf(() => assertMayRestore(swapped, false))).toBeUndefined();
    expect(codeOf(() => assertMayResume(swapped, false))).toBeUndefined();
  });

  it("may try again to suspend what could not be proven suspended", () => {
    expect(
      codeOf(() => assertMaySuspend({ ...SUSPENDED, transition: transition("suspend", "failed") }, false)),
    ).toBeUndefined();
  });

  it("with a token below the highest one seen come from somebody who lost the lock", () => {
    expect(codeOf(() => assertNotFenced(RUNNING, 6))).toBe("lock-lost");
    expect(codeOf(() => assertNotFenced(RUNNING, 7))).toBeUndefined();
    expect(codeOf(() => assertNotFenced(RUNNING, 8))).toBeUndefined();
  });

  it("that come again are known, and may not change their kind", () => {
    const facts: ClusterFacts = { ...RUNNING, orders: [{ operationId: ID, kind: "suspend" }] };
    expect(recognizeOrder(facts, "suspend", ID)).toBe("known");
    expect(recognizeOrder(RUNNING, "suspend", ID)).toBe("new");
    expect(codeOf(() => recognizeOrder(facts, "resume", ID))).toBe("idempotency-conflict");
    expect(codeOf(() => recognizeOrder(withRestore(RUNNING, "kept"), "suspend", ID))).toBe("idempotency-conflict");
  });
});
