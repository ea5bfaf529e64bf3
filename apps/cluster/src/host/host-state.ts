import type { HostStatus } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type ClusterFacts, isOpen, unresolvedRestore } from "./cluster-facts.ts";

/**
 * What the cluster is now. `isBusy`: processes are being started or stopped at this moment. `suspended` is said only of a
 * cluster whose ranks were seen to be gone: a suspend that failed leaves it `suspending`, until another one succeeds.
 */
export function hostStateOf(facts: ClusterFacts, isBusy: boolean): HostStatus["state"] {
  const restore = unresolvedRestore(facts);
  if (restore !== undefined && isOpen(restore)) return "restoring";
  if (isBusy) return facts.desired === "running" ? "resuming" : "suspending";
  if (facts.desired === "running") return "running";
  const { transition } = facts;
  return transition?.kind === "suspend" && transition.phase !== "done" ? "suspending" : "suspended";
}

export type OrderKind = "suspend" | "resume";

/**
 * What an order that comes again means: `known` was accepted before and is only answered. Throws `idempotency-conflict` when
 * that operation was another kind of order.
 */
export function recognizeOrder(facts: ClusterFacts, kind: OrderKind | "restore", operationId: string): "new" | "known" {
  const order = facts.orders.find((each) => each.operationId === operationId);
  const restore = facts.restores.find((each) => each.operationId === operationId);
  const before = order?.kind ?? (restore === undefined ? undefined : "restore");
  if (before === undefined) return "new";
  if (before === kind) return "known";
  throw new SnapdeckError(
    "idempotency-conflict",
    `operation ${operationId} was a ${before} order before; nothing was done`,
  );
}

/** Throws `lock-lost` for a token below the highest one seen. */
export function assertNotFenced(facts: ClusterFacts, fencingToken: number): void {
  if (fencingToken >= facts.fencingToken) return;
  throw new SnapdeckError(
    "lock-lost",
    `the order carries fencing token ${fencingToken}, and ${facts.fencingToken} was seen already; nothing was done`,
    { hint: "Another process drives this cluster now; look at its jobs." },
  );
}

function assertNoRestoreOpen(facts: ClusterFacts): void {
  const restore = unresolvedRestore(facts);
  if (restore === undefined || !isOpen(restore)) return;
  throw new SnapdeckError(
    "restore-in-progress",
    `restore ${restore.operationId} is ${restore.phase}; nothing was changed`,
    {
      hint: "Wait until it has ended, or cancel it.",
    },
  );
}

function assertNotBusy(facts: ClusterFacts, isBusy: boolean): void {
  if (!isBusy) return;
  const doing = facts.desired === "running" ? "being resumed" : "being suspended";
  throw new SnapdeckError("cluster-busy", `the cluster is ${doing}; nothing was changed`, {
    hint: "Wait until that has ended.",
  });
}

/** Throws unless a suspend may start now. */
export function assertMaySuspend(facts: ClusterFacts, isBusy: boolean): void {
  assertNoRestoreOpen(facts);
  assertNotBusy(facts, isBusy);
  if (hostStateOf(facts, isBusy) === "suspended") {
    throw new SnapdeckError("cluster-not-running", "the cluster is suspended already; nothing was changed");
  }
}

/** Throws unless a resume may start now. */
export function assertMayResume(facts: ClusterFacts, isBusy: boolean): void {
  assertNoRestoreOpen(facts);
  assertNotBusy(facts, isBusy);
  assertSuspended(facts, isBusy, "resumed");
}

/** Throws unless the cluster is suspended and its data may be exchanged. `verb` says what was wanted of it. */
export function assertSuspended(facts: ClusterFacts, isBusy: boolean, verb: string): void {
  const state = hostStateOf(facts, isBusy);
  if (state === "suspended") return;
  throw new SnapdeckError(
    "cluster-not-suspended",
    `the cluster is ${state} and cannot be ${verb}; its data was not touched`,
    {
      hint: "Suspend the cluster first.",
    },
  );
}

/** Throws unless a restore may be opened now. The data from before an earlier one stays until this one is swapped in. */
export function assertMayRestore(facts: ClusterFacts, isBusy: boolean): void {
  assertNoRestoreOpen(facts);
  assertSuspended(facts, isBusy, "restored");
}
