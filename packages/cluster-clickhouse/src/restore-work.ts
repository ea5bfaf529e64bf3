import type { HostRestore } from "@snapdeck/contract/host";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { ListedBackup, RestoreOrder, Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "./after-failure.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { askForSwap, awaitPhase, discardAndWait, hostOrder } from "./host-restore.ts";
import { readManifest, verifySignature } from "./manifest-file.ts";
import { proofsFolder } from "./paths.ts";
import { readListed, recordSuffix } from "./proof-file.ts";
import { assertFloor, assertMayRestore, assertRoom, filledBytes } from "./restore-plan.ts";
import { lookFirst, restoreAndReadBack } from "./restore-proof.ts";
import { hostOf, patiently } from "./transition-work.ts";
import { whileMoving } from "./while-moving.ts";

/** Restores into fresh directories, compares, and swaps. See `SystemBackups.restore` for its promises. */
export async function* restore(parts: ClusterParts, order: RestoreOrder, signal: AbortSignal): Work {
  const host = hostOf(parts);
  if (order.takeUp) {
    await order.checkFence();
    await parts.store.sweep(proofsFolder(parts.id, order.backupId), recordSuffix(order.jobId));
  }
  const known = order.takeUp ? await patiently(() => host.restore(order.jobId)) : undefined;
  if (order.takeUp && known === undefined) {
    const detail = "the restore had not begun; the data is as it was before";
    yield signal.aborted ? { type: "stopped" } : { type: "lost", detail };
    return;
  }
  try {
    yield* known === undefined ? begin(parts, host, order, signal) : takeUp(parts, host, order, known, signal);
  } catch (thrown) {
    const swapped = await clearAfter(thrown, order, async () => {
      const ended = await discardAndWait(parts, host, order);
      if (ended?.phase !== "swapped") return undefined;
      return { ended, manifest: (await readManifest(parts.store, parts.id, order.backupId)).manifest };
    });
    if (swapped === undefined) throw thrown;
    // It failed after the point of no return: the restored data is in place, and that is what must be told.
    yield confirmed(swapped.manifest, swapped.ended);
  }
}

async function* begin(
  parts: ClusterParts,
  host: HostClient,
  order: RestoreOrder,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, void> {
  yield { type: "phase", phase: "preparing" };
  const listed = await readListed(parts, order.backupId);
  const { manifest } = listed;
  await verifySignature(parts.sealer, manifest);
  assertMayRestore(parts, manifest, await patiently(() => host.status()));
  if (!(await lookFirst(parts, order, listed, signal)) || signal.aborted) {
    yield { type: "stopped" };
    return;
  }
  await failpoint("restore.beforeOpen");
  await order.checkFence();
  // Its answer may be lost while the maintenance ranks start; given again, the order is only answered.
  await patiently(() => host.openRestore({ ...hostOrder(order), neededBytes: filledBytes(manifest) }));
  const ready = await awaitPhase(parts, host, order, "ready", { signal });
  if (ready === undefined) return yield* stop(parts, host, order, manifest);
  // Once more, for a trial that was opened meanwhile: now each of the two knows of the other.
  assertRoom(parts, manifest, await patiently(() => host.status()), order.jobId);
  yield* fillAndSwap(parts, host, order, { listed, ready, isTakenUp: false }, signal);
}

async function* takeUp(
  parts: ClusterParts,
  host: HostClient,
  order: RestoreOrder,
  known: HostRestore,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, void> {
  const listed = await readListed(parts, order.backupId);
  const { manifest } = listed;
  switch (known.phase) {
    case "swapped":
    case "keeping":
    case "kept":
      yield confirmed(manifest, known);
      return;
    case "sealing":
      yield* finishSwap(parts, host, order, manifest);
      return;
    case "ready": {
      if (signal.aborted) return yield* stop(parts, host, order, manifest);
      await verifySignature(parts.sealer, manifest);
      yield* fillAndSwap(parts, host, order, { listed, ready: known, isTakenUp: true }, signal);
      return;
    }
    case "undoing":
    case "undone":
      yield { type: "lost", detail: "the restore was undone; the data from before it is in place" };
      return;
    case "preparing":
    case "discarding":
    case "discarded":
    case "failed": {
      await order.checkFence();
      await discardAndWait(parts, host, order);
      const why = known.detail === undefined ? "" : ` (${known.detail})`;
      const detail = `the restore ended before it was done${why}; the data is as it was before`;
      yield signal.aborted ? { type: "stopped" } : { type: "lost", detail };
      return;
    }
  }
}

async function* fillAndSwap(
  parts: ClusterParts,
  host: HostClient,
  order: RestoreOrder,
  state: { listed: ListedBackup; ready: HostRestore; isTakenUp: boolean },
  signal: AbortSignal,
): AsyncGenerator<WorkReport, void> {
  const { manifest } = state.listed;
  const outcome = yield* restoreAndReadBack(parts, host, order, state, signal);
  if (outcome === "unknown") {
    await order.checkFence();
    await discardAndWait(parts, host, order);
    const detail = "the ranks know nothing of the restore any more; it was given up, and the data is as it was before";
    yield signal.aborted ? { type: "stopped" } : { type: "lost", detail };
    return;
  }
  if (outcome === "aborted" || signal.aborted) return yield* stop(parts, host, order, manifest);
  assertFloor(parts, await patiently(() => host.status()));
  await failpoint("restore.beforeCommit");
  await order.checkFence();
  await askForSwap(host, order);
  await failpoint("restore.afterCommit");
  yield* finishSwap(parts, host, order, manifest);
}

/** From here on there is no way back: the host manager stops the maintenance ranks, syncs, and swaps. */
async function* finishSwap(
  parts: ClusterParts,
  host: HostClient,
  order: WorkOrder,
  manifest: Manifest,
): AsyncGenerator<WorkReport, void> {
  yield { type: "phase", phase: "swapping" };
  const swapped = yield* whileMoving((moved) => awaitPhase(parts, host, order, "swapped", { moved }));
  if (swapped === undefined) throw new Error("a wait that nobody may end was ended");
  yield confirmed(manifest, swapped);
}

async function* stop(
  parts: ClusterParts,
  host: HostClient,
  order: WorkOrder,
  manifest: Manifest,
): AsyncGenerator<WorkReport, void> {
  await order.checkFence();
  const ended = await discardAndWait(parts, host, order);
  // An earlier process may have asked for the swap just before it died.
  yield ended?.phase === "swapped" ? confirmed(manifest, ended) : { type: "stopped" };
}

function confirmed(manifest: Manifest, swapped: HostRestore): WorkReport {
  const tables = manifest.ranks.flatMap((rank) => rank.tables);
  return {
    type: "confirmed",
    evidence: {
      kind: "restore",
      backupId: manifest.backupId,
      // A table that stands on several ranks is one table.
      tables: new Set(tables.map(({ database, table }) => `${database}\0${table}`)).size,
      rows: tables.reduce((sum, table) => sum + (table.rows ?? 0), 0),
      swapMs: swapped.swapMs ?? 0,
    },
  };
}
