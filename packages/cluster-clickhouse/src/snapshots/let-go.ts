import type { RemovalReason } from "@snapdeck/contract/database-backup";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { toLeaveDifferential, toMeetCap } from "@snapdeck/core/snapshots/choose-removals";
import { neededFor, planRemoval } from "@snapdeck/core/snapshots/plan-removal";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { carryOutFenced, readSigned } from "./finish-earlier.ts";
import type { TakeOrder } from "./take-attempt.ts";

/**
 * Lets snapshots go that a new one makes superfluous, once it is listed: above the cap, or between a differential and its full. Answers how many.
 * @throws {SnapdeckError} `backup-unusable`, `store-changed`, `lock-lost`; the new one is listed all the same
 */
export async function* letGo(
  parts: ClusterParts,
  order: TakeOrder,
  taken: SnapshotId,
): AsyncGenerator<WorkReport, number> {
  const read = await readSigned(order);
  if (read === undefined) return 0;
  const { info, standing } = read;
  const { ids, because } = goes(order, info, taken);
  if (ids.length === 0) return 0;
  yield { type: "phase", phase: "folding" };
  await failpoint("snapshot.beforeFold");
  const { store } = order;
  const view = await store.view(info, neededFor(info, ids));
  const steps = planRemoval(view, { ids, because, at: parts.clock(), stampOfText: store.stamper.text });
  yield* whileMoving((moved) => carryOutFenced(order, steps, standing, order, moved));
  return ids.length;
}

function goes(
  order: TakeOrder,
  { snapshots, options }: Parameters<typeof neededFor>[0],
  taken: SnapshotId,
): { ids: SnapshotId[]; because: RemovalReason } {
  if (order.type === "incremental") {
    const cap = order.options.maxIncrementalBackupsToKeep ?? options.maxIncrementalBackupsToKeep;
    return { ids: toMeetCap(snapshots, cap), because: "cap" };
  }
  const between = order.type === "differential" && order.deleteIntermediate;
  return { ids: between ? toLeaveDifferential(snapshots, taken) : [], because: "intermediate" };
}
