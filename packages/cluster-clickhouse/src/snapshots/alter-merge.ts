import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { toMerge } from "@snapdeck/core/snapshots/choose-removals";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import type { Altered, AlterOrder } from "./alter.ts";
import { carryOutReporting } from "./carry-out-reporting.ts";
import { type MergePlan, prepareMerge } from "./merge-plan.ts";
import { proveMerged } from "./merge-proof.ts";

type MergeOrder = AlterOrder & { readonly action: "merge" };

/**
 * MERGE: a full snapshot made of what is there takes the place of all others, once it is proven. Undefined when it was stopped before; then
 * what it had put together is left to the caller to remove.
 * @throws {SnapdeckError} `nothing-to-merge`, `backup-unusable`, `proof-failed`, `store-changed`, `disk-full`, ...
 */
export async function* merge(
  parts: ClusterParts,
  order: MergeOrder,
  { info, standing }: ReadInfo,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Altered | undefined> {
  toMerge(info.snapshots);
  const plan = yield* whileMoving((moved) => prepareMerge(parts, order, info, moved));
  const made = await plan.steps(parts.clock());
  const proven = made.findIndex(({ step }) => step === "prove") + 1;
  const making = yield* carryOutReporting(
    {
      place: order,
      order,
      steps: made.slice(0, proven),
      standing,
      mayLeave: () => true,
      prove: (_, report, until) => proveMerged(parts, order, { made, level: plan.level }, report, until),
    },
    signal,
  );
  if (making === "left" || signal.aborted) return undefined;
  // The same plan, which says by now when it was proven and how long that took.
  const listing = (await plan.steps(parts.clock())).slice(proven);
  const [first] = listing;
  const listed = yield* carryOutReporting(
    { place: order, order, steps: listing, standing, mayLeave: (step) => step === first },
    signal,
  );
  if (listed === "left") return undefined;
  return mergedInto(plan, await readMerged(order, plan));
}

async function readMerged({ store, backup }: MergeOrder, { id }: MergePlan) {
  const listed = (await store.read(backup))?.info.snapshots.find((snapshot) => snapshot.id === id);
  if (listed === undefined) throw new Error(`snapshot ${id} was listed and is not there`);
  return listed;
}

function mergedInto(
  { id, objects, removed }: MergePlan,
  { rows, kept }: DatabaseBackupInfo["snapshots"][number],
): Altered {
  return { snapshotId: id, removed, objects, rows, ...kept };
}

/** What the job made before it was cut off, where that is listed. @throws {SnapdeckError} `backup-unusable` */
export async function mergedBy({ store, jobId }: MergeOrder, info: DatabaseBackupInfo): Promise<Altered | undefined> {
  const merged = info.snapshots.find((snapshot) => snapshot.jobId === jobId);
  if (merged === undefined) return undefined;
  const { bySnapshot } = await store.definitions(info);
  const objects = bySnapshot.get(merged.id)?.length ?? 0;
  const gone = info.removed.filter(({ because, removedAt }) => because === "merge" && removedAt >= merged.startedAt);
  return { snapshotId: merged.id, removed: gone.length, objects, rows: merged.rows, ...merged.kept };
}
