import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { Evidence } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { NOTHING_DEFINED_ANEW } from "@snapdeck/core/snapshots/ddl-only";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "../after-failure.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankWork } from "../rank-work.ts";
import { snapshotRoom } from "../store-room.ts";
import { whileMoving } from "../while-moving.ts";
import { carryOutFenced, fencing, finishEarlier, readSigned, removeUnlisted } from "./finish-earlier.ts";
import { letGo } from "./let-go.ts";
import type { TakeOrder } from "./take-attempt.ts";
import { type BegunTake, begin, takeUp } from "./take-begin.ts";
import { type ProvenSnapshot, planListing } from "./take-listing.ts";
import { writeAndProve } from "./take-write.ts";

/**
 * Takes a snapshot: the ranks write at once, L1 proof, listed last; see `DatabaseBackups.take` for its promises. A caller that merely stops to
 * listen stops nothing: the engines go on, and the work can be taken up.
 */
export async function* take(parts: ClusterParts, order: TakeOrder, signal: AbortSignal): Work {
  const started: RankWork[] = [];
  try {
    yield* steps(parts, order, signal, started);
  } catch (thrown) {
    const told = asChangedMeanwhile(await snapshotRoom(parts, order.store.files).asDiskFull(thrown));
    if (started.length > 0)
      yield* whileMoving((moved) => clearAfter(thrown, order, () => clearAway(parts, order, started, moved)));
    throw told;
  }
}

/** An engine that no longer finds what it was told to copy says so in words that sound as if something were broken. */
function asChangedMeanwhile(thrown: unknown): unknown {
  const isGone =
    thrown instanceof SnapdeckError &&
    thrown.code === "engine-failed" &&
    /\b(?:UNKNOWN_TABLE|UNKNOWN_DATABASE|TABLE_IS_DROPPED)\b/.test(thrown.detail);
  if (!isGone) return thrown;
  const detail = `a table was dropped or renamed while the snapshot was taken (${thrown.detail}); the snapshot is not listed, and the cluster's data is not affected`;
  return new SnapdeckError("engine-failed", detail, { hint: "Take the snapshot again.", cause: thrown });
}

async function* steps(
  parts: ClusterParts,
  order: TakeOrder,
  signal: AbortSignal,
  started: RankWork[],
): AsyncGenerator<WorkReport, void> {
  yield { type: "phase", phase: "preparing" };
  if (signal.aborted && !order.takeUp) {
    yield { type: "stopped" };
    return;
  }
  await order.checkFence();
  if (order.takeUp && ofJob(await readSigned(order), order) !== undefined) {
    yield* whileMoving((moved) => finishEarlier(parts, order, order, moved));
    yield* settle(parts, order, undefined);
    return;
  }
  const begun = yield* order.takeUp ? takeUp(parts, order, started) : begin(parts, order, started);
  if (begun === "nothing anew") {
    yield { type: "confirmed", evidence: evidenceOf(order, undefined, 0, NOTHING_DEFINED_ANEW) };
    return;
  }
  const proven = begun && (yield* writeAndProve(parts, order, begun.intent, begun.attempt, signal));
  if (begun === undefined || proven === undefined || signal.aborted) {
    await order.checkFence();
    yield* whileMoving((moved) => clearAway(parts, order, started, moved));
    yield begun === undefined && !signal.aborted ? { type: "lost", detail: NOTHING_KNOWN } : { type: "stopped" };
    return;
  }
  yield { type: "phase", phase: "listing" };
  await failpoint("snapshot.beforeListing");
  yield* list(parts, order, begun, proven.snapshot);
  await failpoint("snapshot.afterListing");
  yield* settle(parts, order, proven.warning);
}

const NOTHING_KNOWN =
  "no rank knows of this snapshot any more; what it had written was removed, it is not listed, and the backup and the cluster's data are as they were";

async function* list(
  parts: ClusterParts,
  order: TakeOrder,
  { intent }: BegunTake,
  snapshot: ProvenSnapshot,
): AsyncGenerator<WorkReport, void> {
  await order.checkFence();
  if (intent.read === undefined) {
    // A process that died right before it listed the first snapshot left a file that would be in the way.
    await carryOutFenced(order, [{ step: "remove-definitions" }], undefined, order, () => undefined);
  }
  const { steps, standing } = await planListing(parts, order, intent, snapshot);
  const prove = () => snapshotRoom(parts, order.store.files).assertFloor();
  yield* whileMoving((moved) =>
    order.store.carryOut(order.backup, steps, standing, prove, fencing(order, moved), moved),
  );
}

/** The end of a take whose snapshot is listed, which nothing undoes any more: what others need no longer goes, or is told to have stayed. */
async function* settle(
  parts: ClusterParts,
  order: TakeOrder,
  warning: string | undefined,
): AsyncGenerator<WorkReport, void> {
  const warnings = warning === undefined ? [] : [warning];
  try {
    yield* letGo(parts, order);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code === "lock-lost") throw thrown;
    warnings.push(
      `the snapshot is listed, but what it makes superfluous could not be removed yet: ${thrown.detail}; the next work on the backup tries again`,
    );
  }
  const evidence = await readEvidence(order, warnings).catch((thrown: unknown) => {
    throw butListed(thrown);
  });
  yield { type: "confirmed", evidence };
}

/** What the listed snapshot has to show, read back. */
async function readEvidence(order: TakeOrder, warnings: readonly string[]): Promise<Evidence> {
  const read = await readSigned(order);
  const snapshot = ofJob(read, order);
  if (read === undefined || snapshot === undefined) {
    throw new SnapdeckError("store-changed", `the snapshot was listed and is not any more in backup ${order.backup}`, {
      hint: "Find out who else writes to the store.",
    });
  }
  const { bySnapshot } = await order.store.definitions(read.info);
  const removed = read.info.removed.filter(({ removedAt }) => removedAt >= snapshot.startedAt).length;
  return evidenceOf(order, snapshot, bySnapshot.get(snapshot.id)?.length ?? 0, warnings.join("; "), removed);
}

/** A store that goes away right behind the listing says nothing of the snapshot: who reads the failure shall not take it again. */
function butListed(thrown: unknown): unknown {
  if (!(thrown instanceof SnapdeckError) || thrown.code !== "store-unavailable") return thrown;
  const { detail, hint } = thrown;
  const told = { ...(hint === undefined ? {} : { hint }), cause: thrown };
  return new SnapdeckError(thrown.code, `${detail}; the snapshot was listed before that, and stays`, told);
}

/** The snapshot that this job took, when it is listed. */
function ofJob(read: ReadInfo | undefined, { jobId }: TakeOrder): SnapshotInfo | undefined {
  const snapshots: DatabaseBackupInfo["snapshots"] = read?.info.snapshots ?? [];
  return snapshots.find((each) => each.jobId === jobId);
}

/** Ends what runs, then removes what it wrote; a listed snapshot stays. */
async function clearAway(
  parts: ClusterParts,
  order: TakeOrder,
  started: readonly RankWork[],
  moved: () => void,
): Promise<void> {
  await Promise.all(started.map((work) => work.stop()));
  if (ofJob(await readSigned(order), order) === undefined) await removeUnlisted(parts, order, order, moved);
}

function evidenceOf(
  { backup }: TakeOrder,
  snapshot: SnapshotInfo | undefined,
  objects: number,
  warning: string,
  removed = 0,
): Extract<WorkReport, { type: "confirmed" }>["evidence"] {
  return {
    kind: "database-backup",
    deed: "take",
    backups: [backup],
    ...(snapshot === undefined ? {} : { snapshotId: snapshot.id }),
    removed,
    objects,
    rows: snapshot?.rows ?? 0,
    files: snapshot?.kept.files ?? 0,
    sizeBytes: snapshot?.kept.sizeBytes ?? 0,
    ...(warning === "" ? {} : { warning }),
  };
}
