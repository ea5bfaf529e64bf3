import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { definitionsChanged, NOTHING_DEFINED_ANEW } from "@snapdeck/core/snapshots/ddl-only";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "../after-failure.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankWork } from "../rank-work.ts";
import { whileMoving } from "../while-moving.ts";
import { carryOutFenced, finishEarlier, readSigned, removeUnlisted } from "./finish-earlier.ts";
import { findTake, knownOperations } from "./find-take.ts";
import { letGo } from "./let-go.ts";
import { unsealDefinitions } from "./read-object-definitions.ts";
import { startTake, type TakeAttempt, type TakeOrder } from "./take-attempt.ts";
import { assertFloor } from "./take-copy.ts";
import { baseOf, readIntent, type TakeIntent } from "./take-intent.ts";
import { planListing } from "./take-listing.ts";
import { writeAndProve } from "./take-write.ts";
import { assertRoom } from "./take-room.ts";

/**
 * Takes a snapshot: the ranks write at once, L1 proof, listed last; see `DatabaseBackups.take` for its promises. A caller that merely stops to
 * listen stops nothing: the engines go on, and the work can be taken up.
 */
export async function* take(parts: ClusterParts, order: TakeOrder, signal: AbortSignal): Work {
  const started: RankWork[] = [];
  try {
    yield* steps(parts, order, signal, started);
  } catch (thrown) {
    yield* whileMoving((moved) => clearAfter(thrown, order, () => clearAway(parts, order, started, moved)));
    throw thrown;
  }
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
  const listed = order.takeUp ? ofJob(await readSigned(order), order) : undefined;
  if (listed !== undefined) {
    yield* whileMoving((moved) => finishEarlier(parts, order, order, moved));
    yield* settle(parts, order, listed, undefined);
    return;
  }
  const begun = yield* order.takeUp ? takenUp(parts, order, started) : begin(parts, order, started);
  if (begun === "nothing anew") {
    yield confirmed(order, undefined, { removed: 0, objects: 0, warning: NOTHING_DEFINED_ANEW });
    return;
  }
  const proven = begun && (yield* writeAndProve(parts, order, begun.intent, begun.attempt, started, signal));
  if (begun === undefined || proven === undefined || signal.aborted) {
    await order.checkFence();
    yield* whileMoving((moved) => clearAway(parts, order, started, moved));
    yield begun === undefined && !signal.aborted ? { type: "lost", detail: NOTHING_KNOWN } : { type: "stopped" };
    return;
  }
  yield { type: "phase", phase: "listing" };
  await failpoint("snapshot.beforeListing");
  await order.checkFence();
  if (begun.intent.read === undefined) {
    // A process that died right before it listed the first snapshot left a file that would be in the way.
    await carryOutFenced(order, [{ step: "remove-definitions" }], undefined, order, () => undefined);
  }
  const listing = await planListing(parts, order, begun.intent, proven.snapshot);
  yield* whileMoving((moved) =>
    order.store.carryOut(
      order.backup,
      listing.steps,
      listing.standing,
      () => assertFloor(parts, order),
      async () => {
        moved();
        await order.checkFence();
      },
    ),
  );
  await failpoint("snapshot.afterListing");
  const info = ofJob(await readSigned(order), order);
  if (info === undefined) throw notListed(order);
  yield* settle(parts, order, info, proven.warning);
}

const NOTHING_KNOWN =
  "no rank knows of this snapshot any more; what it had written was removed, it is not listed, and the backup and the cluster's data are as they were";

type Begun = { readonly intent: TakeIntent; readonly attempt: TakeAttempt };

async function* begin(
  parts: ClusterParts,
  order: TakeOrder,
  started: RankWork[],
): AsyncGenerator<WorkReport, Begun | "nothing anew"> {
  refuseExisting(order, await readSigned(order));
  const read = yield* whileMoving((moved) => finishEarlier(parts, order, order, moved));
  const intent = yield* whileMoving((moved) => readIntent(parts, order, read, moved));
  if (await isNothingAnew(parts, order, intent)) return "nothing anew";
  await assertRoom(parts, order, intent);
  return { intent, attempt: await startTake(parts, order, intent, started) };
}

async function* takenUp(
  parts: ClusterParts,
  order: TakeOrder,
  started: RankWork[],
): AsyncGenerator<WorkReport, Begun | undefined> {
  const known = await ifRunning(() => knownOperations(parts, order, started));
  if (known === undefined || known.length === 0) return undefined;
  const read = await readSigned(order);
  const intent = yield* whileMoving((moved) => readIntent(parts, order, read, moved));
  const attempt = findTake(order, intent, known);
  return attempt && { intent, attempt };
}

/** A cluster that was stopped meanwhile has forgotten its work. */
async function ifRunning<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "cluster-not-running") return undefined;
    throw thrown;
  }
}
