import type { DatabaseBackupInfo, RemovalReason } from "@snapdeck/contract/database-backup";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { toLeaveDifferential, toMeetCap } from "@snapdeck/core/snapshots/choose-removals";
import { neededFor, planRemoval } from "@snapdeck/core/snapshots/plan-removal";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { carryOutFenced, readSigned } from "./finish-earlier.ts";
import { assertFoldable } from "./fold-sources.ts";
import type { TakeOrder } from "./take-attempt.ts";

/**
 * Lets snapshots go that a new one makes superfluous, once it is listed: above the cap, or between a differential and its full.
 * @throws {SnapdeckError} `backup-unusable`, `store-changed`, `lock-lost`; the new one is listed all the same
 */
export async function* letGo(parts: ClusterParts, order: TakeOrder): AsyncGenerator<WorkReport, void> {
  const read = await readSigned(order);
  if (read === undefined) return;
  const { info, standing } = read;
  const { ids, because } = goesWith(order, info);
  if (ids.length === 0) return;
  yield { type: "phase", phase: "folding" };
  await failpoint("snapshot.beforeFold");
  const { store } = order;
  const view = await store.view(info, neededFor(info, ids));
  const steps = planRemoval(view, { ids, because, at: parts.clock(), stampOfText: store.stamper.text });
  yield* whileMoving((moved) => assertFoldable(order, steps, moved));
  yield* whileMoving((moved) => carryOutFenced(order, steps, standing, order, moved));
}

/** Which snapshots go with one that was taken as the request says, and is the newest of `info`. */
export function goesWith(
  request: SnapshotRequest,
  { snapshots, options }: Pick<DatabaseBackupInfo, "snapshots" | "options">,
): { ids: SnapshotId[]; because: RemovalReason } {
  if (request.type === "incremental") {
    // Said to be none, it is none for this snapshot, whatever the backup has.
    const { maxIncrementalBackupsToKeep: cap } = { ...options, ...request.options };
    return { ids: toMeetCap(snapshots, cap), because: "cap" };
  }
  const newest = snapshots.at(-1);
  const isWanted = request.type === "differential" && request.deleteIntermediate && newest !== undefined;
  return { ids: isWanted ? toLeaveDifferential(snapshots, newest.id) : [], because: "intermediate" };
}
