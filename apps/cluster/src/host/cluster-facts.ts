import { HostRestore, HostTransition } from "@snapdeck/contract/host";
import { Bytes, ClusterId, Moment } from "@snapdeck/contract/scalars";
import { z } from "zod";

/** A restore as `cluster.json` remembers it, so that a caller that comes back later learns how it ended. */
export const RestoreRecord = HostRestore.omit({ ranks: true, filesSynced: true }).extend({
  phase: HostRestore.shape.phase.exclude(["keeping"]),
  /** What the restored directories held when they were sealed, by rank number. */
  bytesOnDisk: z.array(Bytes).optional(),
  /** The previous data is being let go: from here on there is no undo, also when this takes another start to finish. */
  keeping: z.boolean().default(false),
});
export type RestoreRecord = z.infer<typeof RestoreRecord>;

/** Everything about the cluster that must survive the host manager: the content of `cluster.json`. */
export const ClusterFacts = z.strictObject({
  version: z.literal(1),
  clusterId: ClusterId,
  name: z.string().min(1),
  ranks: z.int().min(1),
  createdAt: Moment,
  /** False until every rank directory was made; from then on a missing one is a loss, and never made anew. */
  ranksMade: z.boolean(),
  /** What the operator asked for last. */
  desired: z.enum(["running", "suspended"]),
  /** The highest fencing token seen. */
  fencingToken: z.int().nonnegative(),
  /** What the engine called itself when a rank last opened; empty before. */
  engineVersion: z.string(),
  /** Under way, or the last one that ended. */
  transition: HostTransition.optional(),
  /** Suspends and resumes that were accepted, newest last: an order that comes again is not carried out again. */
  orders: z.array(z.strictObject({ operationId: z.uuid(), kind: z.enum(["suspend", "resume"]) })),
  /** Newest last. */
  restores: z.array(RestoreRecord),
});
export type ClusterFacts = z.infer<typeof ClusterFacts>;

/** How many accepted orders and ended restores are remembered; a caller asks again within minutes, not months. */
const REMEMBERED = 100;

export function rememberOrder(facts: ClusterFacts, order: ClusterFacts["orders"][number]): ClusterFacts {
  return { ...facts, orders: [...facts.orders, order].slice(-REMEMBERED) };
}

/** Adds a restore, or replaces what is known of it. One whose previous data is still there is never forgotten. */
export function rememberRestore(facts: ClusterFacts, restore: RestoreRecord): ClusterFacts {
  const known = facts.restores.some((each) => each.operationId === restore.operationId);
  const restores = known
    ? facts.restores.map((each) => (each.operationId === restore.operationId ? restore : each))
    : [...facts.restores, restore];
  return {
    ...facts,
    restores: restores.filter((each, at) => at >= restores.length - REMEMBERED || isUnresolved(each)),
  };
}

export function findRestore(facts: ClusterFacts, operationId: string): RestoreRecord | undefined {
  return facts.restores.find((each) => each.operationId === operationId);
}

/**
 * Notes that a restore put its data in place. From here on the data from before an earlier one is not what was live before any
 * more: undoing that one would put aside what the new restore brought. So it is let go in the same write.
 */
export function rememberSwapIn(facts: ClusterFacts, restore: RestoreRecord): ClusterFacts {
  const swapped: RestoreRecord = { ...restore, phase: "swapped", detail: undefined };
  return previousData(facts, restore.operationId).reduce(
    (now, earlier) => rememberRestore(now, { ...earlier, keeping: true, detail: undefined }),
    rememberRestore(facts, swapped),
  );
}

/** Restores other than that one whose previous data is still there. */
export function previousData(facts: ClusterFacts, operationId: string): RestoreRecord[] {
  return facts.restores.filter((each) => each.operationId !== operationId && each.phase === "swapped");
}

const ENDED = ["discarded", "failed", "undone", "kept"];

/** Open, or swapped and neither undone nor kept. */
export function isUnresolved(restore: Pick<RestoreRecord, "phase">): boolean {
  return !ENDED.includes(restore.phase);
}

/** Holds the cluster: neither suspend nor resume may start. */
export function isOpen(restore: Pick<RestoreRecord, "phase">): boolean {
  return isUnresolved(restore) && restore.phase !== "swapped";
}

/** The newest restore that is not settled: the open one, if there is one. Undefined when all are. */
export function unresolvedRestore(facts: ClusterFacts): RestoreRecord | undefined {
  return facts.restores.findLast(isUnresolved);
}
