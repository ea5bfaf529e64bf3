import type { HostTrial } from "@snapdeck/contract/host";
import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { pause } from "./pause.ts";
import { patiently } from "./transition-work.ts";

/**
 * Waits until the throw-away ranks of a trial serve. Answers undefined when `signal` aborted before.
 * @throws {SnapdeckError} `engine-failed`, `host-unreachable`
 */
export async function awaitTrial(
  parts: ClusterParts,
  host: HostClient,
  jobId: JobId,
  signal: AbortSignal,
): Promise<HostTrial | undefined> {
  for (;;) {
    const trial = await patiently(() => host.trial(jobId));
    if (trial?.phase === "ready") return trial;
    if (signal.aborted) return undefined;
    if (trial?.phase !== "preparing") throw trialLost("engine-failed", trial);
    await pause(parts.settings.pollMs, signal);
  }
}

/**
 * How a trial stands that serves. Whoever works with it asks again and again: one that nobody asks for is discarded.
 * @throws {SnapdeckError} `rank-lost` when it is over, `host-unreachable`
 */
export async function lookAtTrial(host: HostClient, jobId: JobId): Promise<HostTrial> {
  const trial = await patiently(() => host.trial(jobId));
  if (trial?.phase === "ready") return trial;
  throw trialLost("rank-lost", trial);
}

/**
 * Ends a trial and waits until nothing of it is left. One that is not there is over already.
 * @throws {SnapdeckError} `host-unreachable`
 */
export async function discardTrial(parts: ClusterParts, host: HostClient, jobId: JobId): Promise<void> {
  for (;;) {
    const trial = await patiently(() => host.discardTrial(jobId));
    if (trial === undefined || trial.phase === "discarded" || trial.phase === "failed") return;
    await pause(parts.settings.pollMs);
  }
}

function trialLost(code: "engine-failed" | "rank-lost", trial: HostTrial | undefined): SnapdeckError {
  const why = trial?.detail ?? (trial === undefined ? "its host manager was started anew" : `it is ${trial.phase}`);
  return new SnapdeckError(
    code,
    `the throw-away ranks of the verification are not there: ${why}; nothing was learned of the backup, and no data was touched`,
    { hint: "Look at the host manager's log, then verify again." },
  );
}
