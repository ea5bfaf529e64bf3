import type { HostOrder, HostRestore } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { pause } from "./pause.ts";
import { patiently } from "./transition-work.ts";

/** How long to wait before what is stuck is asked for again, in milliseconds: somebody has to mend the disk first. */
export const STUCK_MS = 2_000;

type Given = Pick<WorkOrder, "jobId" | "fencingToken">;

/** The host manager knows a restore by the id of its job. */
export function hostOrder({ jobId, fencingToken }: Given): HostOrder {
  return { operationId: jobId, fencingToken };
}

/**
 * Asks the host manager to swap. Its answer may be lost while it begins to; a second order only answers how that stands. A restore that
 * it has ended meanwhile is no failure here: why it ended is told by whoever waits for the swap.
 */
export async function askForSwap(host: HostClient, order: Given): Promise<void> {
  try {
    await patiently(() => host.commitRestore(hostOrder(order)));
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError && thrown.code === "job-finished")) throw thrown;
  }
}

/**
 * Waits until the host manager is at `phase`. Answers undefined when `signal` aborted before. `moved` is called when sealing got on.
 * @throws {SnapdeckError} `engine-failed` when it ended elsewhere; the live data is as it was then. `no-progress` when a swap that is
 *   decided stays stuck.
 */
export async function awaitPhase(
  parts: ClusterParts,
  host: HostClient,
  order: Given,
  phase: "ready" | "swapped",
  { signal, moved }: { signal?: AbortSignal; moved?: () => void } = {},
): Promise<HostRestore | undefined> {
  const patience = new StuckWatch(parts);
  let filesSynced: number | undefined;
  for (;;) {
    const restore = await patiently(() => host.restore(order.jobId));
    if (restore?.phase === phase) return restore;
    if (signal?.aborted) return undefined;
    if (restore?.filesSynced !== filesSynced) moved?.();
    filesSynced = restore?.filesSynced;
    const isOnItsWay = restore?.phase === "preparing" || restore?.phase === "sealing";
    if (restore === undefined || !isOnItsWay) throw ended(restore);
    // A swap that is decided and got stuck is carried on when it is asked for again.
    const isStuck = phase === "swapped" && restore.detail !== undefined;
    patience.look(isStuck ? restore.detail : undefined);
    if (isStuck) await patiently(() => host.commitRestore(hostOrder(order)));
    await pause(isStuck ? STUCK_MS : parts.settings.pollMs, signal);
  }
}

/** Ends the wait for what the host manager decided and cannot carry through. */
export class StuckWatch {
  readonly #parts: Pick<ClusterParts, "settings">;
  #since: number | undefined;

  constructor(parts: Pick<ClusterParts, "settings">) {
    this.#parts = parts;
  }

  /**
   * @param detail why it is stuck now; undefined when it is not
   * @throws {SnapdeckError} `no-progress`
   */
  look(detail: string | undefined): void {
    if (detail === undefined) {
      this.#since = undefined;
      return;
    }
    this.#since ??= performance.now();
    if (performance.now() - this.#since <= this.#parts.settings.noProgressMs) return;
    throw new SnapdeckError("no-progress", `${detail}. It was decided, and the host manager carries it through later`, {
      hint: "Mend the disk where the cluster's data lives, then start the host manager anew.",
    });
  }
}

/**
 * Removes what an unswapped restore left, waits until it is gone, and answers how the restore ended; undefined when it was never
 * opened. One whose swap is decided is waited for: it ends swapped.
 * @throws {SnapdeckError} `restore-already-swapped` when that swap is stuck, `host-unreachable`, `lock-lost`
 */
export async function discardAndWait(
  parts: ClusterParts,
  host: HostClient,
  order: Given,
): Promise<HostRestore | undefined> {
  for (;;) {
    const restore = await patiently(() => host.restore(order.jobId));
    if (restore === undefined) return undefined;
    switch (restore.phase) {
      case "preparing":
      case "ready":
      case "sealing":
        await discardUnlessDecided(host, order, restore);
        break;
      case "discarding":
      case "undoing":
        break;
      case "discarded":
      case "failed":
      case "swapped":
      case "undone":
      case "keeping":
      case "kept":
        return restore;
    }
    await pause(parts.settings.pollMs);
  }
}

async function discardUnlessDecided(host: HostClient, order: Given, { detail }: HostRestore): Promise<void> {
  try {
    await host.discardRestore(hostOrder(order));
  } catch (thrown) {
    const isDecided = thrown instanceof SnapdeckError && thrown.code === "restore-already-swapped";
    // A detail says that the swap got stuck.
    if (!isDecided || detail !== undefined) throw thrown;
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
