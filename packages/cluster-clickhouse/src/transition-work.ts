import type { HostStatus } from "@snapdeck/contract/host";
import type { Evidence, JobPhase } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import { readVersion } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { pause } from "./pause.ts";

/** How long the host manager may be silent while it stops or starts ranks, in milliseconds; it may be restarted meanwhile. */
const HOST_SILENCE_MS = 30_000;

/** How long the ranks may say otherwise than a transition that is done, in milliseconds: one may have crashed right after. */
const EVIDENCE_MS = 30_000;

type Kind = "suspend" | "resume";

/**
 * Suspends or resumes through the host manager, which carries an order on whatever becomes of us. Once it took the order there
 * is no way to take it back, so `signal` counts only before.
 */
export async function* changeState(parts: ClusterParts, kind: Kind, order: WorkOrder, signal: AbortSignal): Work {
  const host = hostOf(parts);
  if (signal.aborted && !order.takeUp) {
    yield { type: "stopped" };
    return;
  }
  if (order.takeUp) {
    if (!isOurs(await patiently(() => host.status()), order)) {
      const { state } = await patiently(() => host.status());
      yield {
        type: "lost",
        detail: `the host manager was never told to ${kind}; the cluster is ${state} and its data is not affected`,
      };
      return;
    }
  } else {
    await order.checkFence();
    const asked = { operationId: order.jobId, fencingToken: order.fencingToken };
    // Its answer may be lost while the order is carried out; given again it is only answered.
    await patiently(() => (kind === "suspend" ? host.suspend(asked) : host.resume(asked)));
  }
  let shown: JobPhase | undefined;
  let doneAt: number | undefined;
  for (;;) {
    const status = await patiently(() => host.status());
    const transition = isOurs(status, order);
    if (transition === undefined) {
      yield { type: "lost", detail: `another order came after this one; the cluster is ${status.state}` };
      return;
    }
    if (transition.phase === "failed") {
      throw new SnapdeckError(
        "engine-failed",
        `the host manager could not ${kind}: ${transition.detail ?? "no reason given"}`,
        {
          hint: "Look at the ranks on the Cluster page, then try again.",
        },
      );
    }
    if (transition.phase !== "done" && transition.phase !== shown) {
      shown = transition.phase;
      yield { type: "phase", phase: transition.phase };
    }
    if (transition.phase === "done") {
      const evidence = await patiently(() => evidenceOf(parts, kind, status));
      if (evidence !== undefined) {
        yield { type: "confirmed", evidence };
        return;
      }
      doneAt ??= performance.now();
      if (performance.now() - doneAt > EVIDENCE_MS) throw contradicted(kind, status);
    }
    await pause(parts.settings.pollMs);
  }
}

/** What shows that it is done; undefined while the ranks say otherwise than the transition. */
async function evidenceOf(parts: ClusterParts, kind: Kind, status: HostStatus): Promise<Evidence | undefined> {
  if (kind === "suspend") {
    const isDown = status.state === "suspended" && status.ranks.every((rank) => rank.state === "down");
    return isDown ? { kind: "suspend", ranksStopped: status.ranks.length } : undefined;
  }
  if (status.state !== "running") return undefined;
  const clients = await parts.ranks.all();
  if (clients.length < status.ranks.length) return undefined;
  const answers = await Promise.allSettled(clients.map(readVersion));
  if (answers.some(({ status: outcome }) => outcome === "rejected")) return undefined;
  return { kind: "resume", ranksStarted: clients.length };
}

function contradicted(kind: Kind, status: HostStatus): SnapdeckError {
  const ranks = status.ranks.map(({ rank, state }) => `rank ${rank} is ${state}`).join(", ");
  return new SnapdeckError("engine-failed", `the host manager says that ${kind} is done, but ${ranks}`, {
    hint: "Look at the ranks on the Cluster page.",
  });
}

function isOurs(status: HostStatus, order: WorkOrder): HostStatus["transition"] {
  return status.transition?.operationId === order.jobId ? status.transition : undefined;
}

/** @throws {SnapdeckError} `not-supported` */
export function hostOf(parts: ClusterParts): HostClient {
  if (parts.host !== undefined) return parts.host;
  throw new SnapdeckError(
    "not-supported",
    `cluster ${parts.name} is started and stopped by somebody else than Snapdeck`,
  );
}

/** Asks the host manager again while it is silent. What it carries on with is told when it is back. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + HOST_SILENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      const isSilent = thrown instanceof SnapdeckError && thrown.code === "host-unreachable";
      if (!isSilent || performance.now() > deadline) throw thrown;
    }
    await pause(250);
  }
}
