import type { HostOrder, HostRestore } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { pause } from "./pause.ts";
import { patiently } from "./transition-work.ts";

type Given = Pick<WorkOrder, "jobId" | "fencingToken">;

/** The host manager knows a restore by the id of its job. */
export function hostOrder({ jobId, fencingToken }: Given): HostOrder {
  return { operationId: jobId, fencingToken };
}

/**
 * Waits until the host manager is at `phase`. Answers undefined when `signal` aborted before.
 * @throws {SnapdeckError} `engine-failed` when it ended elsewhere; the live data is as it was then.
 */
export async function awaitPhase(
  parts: ClusterParts,
  host: HostClient,
  order: Given,
  phase: "ready" | "swapped",
  signal?: AbortSignal,
): Promise<HostRestore | undefined> {
  for (;;) {
    const restore = await patiently(() => host.restore(order.jobId));
    if (restore?.phase === phase) return restore;
    if (signal?.aborted) return undefined;
    const isOnItsWay = restore?.phase === "preparing" || restore?.phase === "sealing";
    if (restore === undefined || !isOnItsWay) throw ended(restore);
    // A swap that is decided and got stuck is carried on when it is asked for again.
    if (phase === "swapped" && restore.detail !== undefined) await host.commitRestore(hostOrder(order));
    await pause(parts.settings.pollMs, signal);
  }
}

/**
 * Removes what an unswapped restore left, and waits until it is gone. Does nothing for one that was never opened, is over, or is
 * swapped already.
 */
export async function discardAndWait(parts: ClusterParts, host: HostClient, order: Given): Promise<void> {
  for (;;) {
    const restore = await patiently(() => host.restore(order.jobId));
    if (restore === undefined) return;
    switch (restore.phase) {
      case "preparing":
      case "ready":
      case "sealing":
        await host.discardRestore(hostOrder(order));
        break;
      case "discarding":
      case "undoing":
        break;
      case "discarded":
      case "failed":
      case "swapped":
      case "undone":
      case "kept":
        return;
    }
    await pause(parts.settings.pollMs);
  }
}

/**
 * The host manager keeps one previous state of the data. Before another restore begins, what an earlier one left is let go: from
 * here on that earlier restore cannot be undone. The live data stays as it is.
 */
export async function letEarlierGo(parts: ClusterParts, host: HostClient, order: Given): Promise<void> {
  const earlier = (await host.status()).restore;
  if (earlier?.phase !== "swapped") return;
  await host.keepRestore({ operationId: earlier.operationId, fencingToken: order.fencingToken });
  for (;;) {
    const restore = await patiently(() => host.restore(earlier.operationId));
    if (restore?.phase !== "swapped") return;
    await pause(parts.settings.pollMs);
  }
}

function ended(restore: HostRestore | undefined): SnapdeckError {
  const why = restore?.detail ?? `it is ${restore?.phase ?? "gone"}`;
  return new SnapdeckError(
    "engine-failed",
    `the restore ended before it was done: ${why}; the data is as it was before`,
    {
      hint: "Look at the host manager's log, then try again.",
    },
  );
}
