import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterObservation, PreviousDataOrder, Work } from "@snapdeck/core/ports/cluster";
import type { MemoryEngine } from "./memory-engine.ts";

/** The data that the newest restore put aside, while it is still there. */
export function previousDataOf(engine: MemoryEngine): Pick<ClusterObservation, "previousData"> {
  const [restoreId, aside] = [...engine.putAside].findLast(([, { fate }]) => fate === "kept aside") ?? [];
  if (restoreId === undefined || aside === undefined) return {};
  return { previousData: { restoreId, swappedAt: aside.swappedAt } };
}

export async function* undoRestore(engine: MemoryEngine, order: PreviousDataOrder, signal: AbortSignal): Work {
  engine.mustAnswer();
  const aside = engine.putAside.get(order.restoreId);
  if (aside?.fate !== "undone" || !order.takeUp) {
    if (aside?.fate !== "kept aside") throw noPreviousData(order);
    if (order.takeUp) return yield { type: "lost", detail: "the undo had not begun; the restored data is in place" };
    if (engine.state !== "suspended") {
      throw new SnapdeckError("cluster-not-suspended", `the cluster is ${engine.state}; its data is as it was`);
    }
    yield { type: "phase", phase: "swapping" };
    await engine.pass("swapping", signal);
    if (signal.aborted) return yield { type: "stopped" };
    await order.checkFence();
    engine.fence(order.fencingToken);
    engine.data = aside.data;
    aside.fate = "undone";
  }
  yield { type: "confirmed", evidence: { kind: "undo-restore", restoreId: order.restoreId, swapMs: 0 } };
}

export async function* keepRestored(engine: MemoryEngine, order: PreviousDataOrder, signal: AbortSignal): Work {
  engine.mustAnswer();
  const aside = engine.putAside.get(order.restoreId);
  if (aside === undefined || aside.fate === "undone") throw noPreviousData(order);
  yield { type: "phase", phase: "removing" };
  await engine.pass("removing", signal);
  if (aside.fate === "kept aside") {
    if (signal.aborted) return yield { type: "stopped" };
    await order.checkFence();
    aside.data = new Map();
    aside.fate = "let go";
  }
  yield { type: "confirmed", evidence: { kind: "keep-restored", restoreId: order.restoreId } };
}

function noPreviousData({ restoreId }: PreviousDataOrder): SnapdeckError {
  return new SnapdeckError(
    "no-previous-data",
    `restore ${restoreId} put nothing aside that is still there; the data was not touched`,
  );
}
