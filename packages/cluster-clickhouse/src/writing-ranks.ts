import type { RankState } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import type { RankClient } from "./rank-client.ts";

/** Their process lives, and takes no questions any more. */
const MUTE: ReadonlySet<RankState> = new Set(["draining", "stopping"]);

/**
 * The ranks that may still write: those that serve. None where the host manager saw that no rank has a process, as on a suspended cluster;
 * one that is starting knows of nothing that was begun before.
 * @throws {SnapdeckError} `cluster-unreachable` when it cannot be seen whether one writes
 */
export async function writingRanks({ host, name, ranks }: ClusterParts): Promise<RankClient[]> {
  if (host === undefined) return ranks.all();
  try {
    // In this order: a rank that ends between the two is seen to end.
    const clients = await ranks.all();
    const mute = (await host.status()).ranks.find(
      ({ rank, state }) => MUTE.has(state) && !clients.some((client) => client.rank === rank),
    );
    if (mute === undefined) return clients;
    throw new SnapdeckError(
      "cluster-unreachable",
      `rank ${mute.rank} of cluster ${name} is ${mute.state}, so it cannot be seen whether it still writes; nothing was removed`,
      { hint: "Wait until the cluster is suspended or runs, then try again." },
    );
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "host-unreachable") throw thrown;
    throw new SnapdeckError("cluster-unreachable", `cluster ${name} did not answer; nothing was removed`, {
      hint: "See whether the cluster's host manager runs.",
      cause: thrown,
    });
  }
}
