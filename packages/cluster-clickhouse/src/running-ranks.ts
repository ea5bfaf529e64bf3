import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import { pause } from "./pause.ts";
import type { RankClient } from "./rank-client.ts";

/**
 * Clients of all ranks of a running cluster.
 * @throws {SnapdeckError} `cluster-not-running`, `rank-lost` when one is not up, `cluster-unreachable`
 */
export async function runningRanks(parts: ClusterParts): Promise<RankClient[]> {
  if (parts.host === undefined) return parts.ranks.all();
  try {
    const status = await parts.host.status();
    if (status.state !== "running") {
      throw new SnapdeckError("cluster-not-running", `cluster ${parts.name} is ${status.state}`, {
        hint: "Resume the cluster, then try again.",
      });
    }
    const clients = await parts.ranks.all();
    const missing = status.ranks.filter(({ rank }) => !clients.some((client) => client.rank === rank));
    const [first] = missing;
    if (first === undefined) return clients;
    const reason = first.detail === undefined ? "" : `: ${first.detail}`;
    throw new SnapdeckError("rank-lost", `rank ${first.rank} of cluster ${parts.name} is ${first.state}${reason}`, {
      hint: "Wait until every rank is up, then try again.",
    });
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "host-unreachable") throw thrown;
    throw new SnapdeckError("cluster-unreachable", `cluster ${parts.name} did not answer`, {
      hint: "See whether the cluster's host manager runs.",
      cause: thrown,
    });
  }
}

/** Answers undefined when the cluster does not run: one that was stopped meanwhile has forgotten its work. */
export async function ifRunning<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "cluster-not-running") return undefined;
    throw thrown;
  }
}

/** As {@link runningRanks}, but waits for ranks that are on their way, no longer than a silent rank is waited for. */
export async function awaitRunningRanks(parts: ClusterParts): Promise<RankClient[]> {
  const deadline = performance.now() + parts.settings.rankSilenceMs;
  for (;;) {
    try {
      return await runningRanks(parts);
    } catch (thrown) {
      if (!(await mayCome(parts, thrown)) || performance.now() > deadline) throw thrown;
    }
    await pause(parts.settings.pollMs);
  }
}

/** After a start of the host manager the cluster is `resuming` for a while, and its ranks come one by one. */
async function mayCome(parts: ClusterParts, thrown: unknown): Promise<boolean> {
  if (!(thrown instanceof SnapdeckError)) return false;
  if (thrown.code === "rank-lost" || thrown.code === "cluster-unreachable") return true;
  if (thrown.code !== "cluster-not-running") return false;
  const state = await parts.host?.status().then(
    (status) => status.state,
    () => undefined,
  );
  return state === "resuming" || state === "running";
}
