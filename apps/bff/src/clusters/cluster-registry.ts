import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Cluster } from "@snapdeck/core/ports/cluster";
import type { ClusterWatcher } from "./cluster-watcher.ts";

export type WatchedCluster = { readonly cluster: Cluster; readonly watcher: ClusterWatcher };

/** The clusters under this server's care. */
export class ClusterRegistry {
  readonly #clusters: ReadonlyMap<ClusterId, WatchedCluster>;

  constructor(clusters: readonly WatchedCluster[]) {
    this.#clusters = new Map(clusters.map((each) => [each.cluster.id, each]));
  }

  all(): WatchedCluster[] {
    return [...this.#clusters.values()];
  }

  find(clusterId: ClusterId): WatchedCluster | undefined {
    return this.#clusters.get(clusterId);
  }

  /** @throws {SnapdeckError} `cluster-not-found` */
  get(clusterId: ClusterId): WatchedCluster {
    const found = this.#clusters.get(clusterId);
    if (found === undefined) throw new SnapdeckError("cluster-not-found", `there is no cluster ${clusterId}`);
    return found;
  }
}
