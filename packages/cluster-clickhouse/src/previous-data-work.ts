import type { HostRestore } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { PreviousDataOrder, Work } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { STUCK_MS, StuckWatch } from "./host-restore.ts";
import { pause } from "./pause.ts";
import { hostOf, patiently } from "./transition-work.ts";

/** How often an undo is asked for: a host manager that was started anew before it wrote the swap down has forgotten the first order. */
const UNDO_TRIES = 2;

/**
 * Brings back what a restore put aside. See `SystemBackups.undoRestore` for its promises. The host manager carries the order through
 * whatever becomes of us, so `signal` counts only before it took it.
 */
export async function* undoRestore(parts: ClusterParts, order: PreviousDataOrder, signal: AbortSignal): Work {
  const host = hostOf(parts);
  const restore = await patiently(() => host.restore(order.restoreId));
  const isOver = restore?.phase === "undone" && order.takeUp;
  if (!isOver && restore?.phase !== "swapped" && restore?.phase !== "undoing") throw noPreviousData(order, restore);
  if (restore.phase === "swapped" && signal.aborted) {
    yield { type: "stopped" };
    return;
  }
  // Only an undo that was begun leaves a reason why the restored data is still in place.
  if (restore.phase === "swapped" && order.takeUp && restore.detail === undefined) {
    yield { type: "lost", detail: "the undo had not begun; the restored data is in place and can still be undone" };
    return;
  }
  yield { type: "phase", phase: "swapping" };
  const { swapMs = 0 } = await swapBack(parts, host, order, restore);
  await assertUndone(host, order);
  yield { type: "confirmed", evidence: { kind: "undo-restore", restoreId: order.restoreId, swapMs } };
}

/** Lets go what a restore put aside. See `SystemBackups.keepRestored` for its promises. */
export async function* keepRestored(parts: ClusterParts, order: PreviousDataOrder, signal: AbortSignal): Work {
  const host = hostOf(parts);
  const restore = await patiently(() => host.restore(order.restoreId));
  if (restore?.phase === "swapped" && signal.aborted) {
    yield { type: "stopped" };
    return;
  }
  yield { type: "phase", phase: "removing" };
  await letGo(parts, host, order, restore);
  yield { type: "confirmed", evidence: { kind: "keep-restored", restoreId: order.restoreId } };
}

async function swapBack(
  parts: ClusterParts,
  host: HostClient,
  order: PreviousDataOrder,
  first: HostRestore,
): Promise<HostRestore> {
  const stuck = new StuckWatch(parts);
  let triesLeft = UNDO_TRIES;
  for (let restore: HostRestore | undefined = first; ; restore = await patiently(() => host.restore(order.restoreId))) {
    if (restore?.phase === "undone") return restore;
    if (restore?.phase !== "swapped" && restore?.phase !== "undoing") throw noPreviousData(order, restore);
    if (restore.phase === "swapped" && triesLeft-- === 0) throw notUndone(restore);
    const isStuck = restore.phase === "undoing" && restore.detail !== undefined;
    stuck.look(isStuck ? restore.detail : undefined);
    if (restore.phase === "swapped" || isStuck) {
      await order.checkFence();
      await failpoint("undoRestore.beforeOrder");
      // Its answer may be lost while the host manager swaps; a second one only answers how that stands.
      await patiently(() => host.undoRestore({ operationId: order.restoreId, fencingToken: order.fencingToken }));
      await failpoint("undoRestore.afterOrder");
    }
    await pause(isStuck ? STUCK_MS : parts.settings.pollMs);
  }
}

async function letGo(
  parts: ClusterParts,
  host: HostClient,
  order: PreviousDataOrder,
  first: HostRestore | undefined,
): Promise<void> {
  const stuck = new StuckWatch(parts);
  for (let restore = first; ; restore = await patiently(() => host.restore(order.restoreId))) {
    if (restore?.phase === "kept") return;
    if (restore?.phase !== "swapped" && restore?.phase !== "keeping") throw noPreviousData(order, restore);
    const isStuck = restore.phase === "keeping" && restore.detail !== undefined;
    stuck.look(isStuck ? restore.detail : undefined);
    if (restore.phase === "swapped" || isStuck) {
      await order.checkFence();
      await failpoint("keepRestored.beforeOrder");
      await patiently(() => host.keepRestored({ operationId: order.restoreId, fencingToken: order.fencingToken }));
      await failpoint("keepRestored.afterOrder");
    }
    await pause(isStuck ? STUCK_MS : parts.settings.pollMs);
  }
}

/** What the restore's record says is held against how the cluster stands. */
async function assertUndone(host: HostClient, { restoreId }: PreviousDataOrder): Promise<void> {
  const { state, restore } = await patiently(() => host.status());
  if (restore?.operationId !== restoreId) return;
  throw new SnapdeckError(
    "engine-failed",
    `the host manager says that the restore was undone, but it is ${restore.phase} and the cluster is ${state}`,
    { hint: "Look at the host manager's log." },
  );
}

function noPreviousData({ restoreId }: PreviousDataOrder, restore: HostRestore | undefined): SnapdeckError {
  const why = restore === undefined ? "the cluster knows of no such restore" : `it is ${restore.phase}`;
  return new SnapdeckError(
    "no-previous-data",
    `restore ${restoreId} put nothing aside that is still there: ${why}; the data was not touched`,
    { hint: "To go back further, restore another backup." },
  );
}

function notUndone({ detail = "it gave no reason" }: HostRestore): SnapdeckError {
  return new SnapdeckError("engine-failed", `the host manager could not undo the restore: ${detail}`, {
    hint: "The data from before is still kept: look at the host manager's log, then try again.",
  });
}
