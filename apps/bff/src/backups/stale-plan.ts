import type { MadePlan, PlannedWorld } from "./restore-plans.ts";

/**
 * Why a plan no longer fits, as the middle of a sentence; undefined when it still does.
 * @param world what the plan would be made from now; undefined when its backup is gone
 */
export function staleness(
  { plan, world: planned }: MadePlan,
  world: PlannedWorld | undefined,
  now: string,
): string | undefined {
  if (now > plan.expiresAt) return "it has expired";
  if (world === undefined) return "its backup is no longer there";
  if (world.manifestSha256 !== planned.manifestSha256) return "its backup is another one now";
  if (world.clusterState !== planned.clusterState) {
    return `it was made while the cluster was ${planned.clusterState}, and the cluster is ${world.clusterState} now`;
  }
  if (world.lastRestore !== planned.lastRestore) return "the cluster was restored since it was made";
  if (world.lastUndo !== planned.lastUndo) return "a restore was undone since it was made";
  // A suspended cluster's data stands still; suspended anew or read at another moment means that the cluster ran in between.
  if (world.lastSuspend !== planned.lastSuspend || world.inventoryObservedAt !== planned.inventoryObservedAt) {
    return "the cluster ran since it was made";
  }
  return undefined;
}
