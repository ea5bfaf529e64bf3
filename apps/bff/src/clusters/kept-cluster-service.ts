import type { Cluster, Inventory, TableChecksum } from "@snapdeck/contract/cluster";
import type { Role } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { actionsFor } from "@snapdeck/core/rules/availability";
import type { BackupCatalog } from "../backups/backup-catalog.ts";
import type { ClusterEvent, ClusterService } from "../services.ts";
import type { ClusterEvents } from "./cluster-events.ts";
import type { ClusterRegistry, WatchedCluster } from "./cluster-registry.ts";
import type { Inventories } from "./inventories.ts";
import type { PreviousDataRule } from "./previous-data.ts";

export type ClusterServiceParts = {
  readonly registry: ClusterRegistry;
  readonly store: JobStore;
  readonly catalog: BackupCatalog;
  readonly inventories: Inventories;
  readonly events: ClusterEvents;
  readonly previousData: PreviousDataRule;
};

export class KeptClusterService implements ClusterService {
  readonly #parts: ClusterServiceParts;

  constructor(parts: ClusterServiceParts) {
    this.#parts = parts;
  }

  list(role: Role): Promise<Cluster[]> {
    return Promise.all(this.#parts.registry.all().map((each) => this.#view(each, role)));
  }

  async view(clusterId: ClusterId, role: Role): Promise<Cluster> {
    return this.#view(this.#parts.registry.get(clusterId), role);
  }

  async inventory(clusterId: ClusterId): Promise<Inventory> {
    const { cluster, watcher } = this.#parts.registry.get(clusterId);
    const { state } = await watcher.shown();
    if (state === "running") {
      try {
        return await this.#parts.inventories.read(cluster);
      } catch (error) {
        // It stopped between two observations; what is remembered is as good as if it had been seen.
        if (!(error instanceof SnapdeckError) || !STOPPED.has(error.code)) throw error;
      }
    }
    const remembered = await this.#parts.inventories.remembered(clusterId);
    if (remembered !== undefined) return remembered;
    throw new SnapdeckError("cluster-not-running", `the cluster is ${state}, and what it holds is not known`, {
      hint: "Resume the cluster to see its databases.",
    });
  }

  async checksum(clusterId: ClusterId, database: string, table: string, signal: AbortSignal): Promise<TableChecksum> {
    return this.#parts.registry.get(clusterId).cluster.data.checksum(database, table, signal);
  }

  watch(clusterId: ClusterId, listener: (event: ClusterEvent) => void): () => void {
    this.#parts.registry.get(clusterId);
    return this.#parts.events.watch(clusterId, listener);
  }

  async #view({ cluster, watcher }: WatchedCluster, role: Role): Promise<Cluster> {
    const { id, name, traits } = cluster;
    const [{ newestToken: _, ...observation }, activity, backups, holdsTables] = await Promise.all([
      watcher.shown(),
      this.#parts.store.activity(id),
      this.#parts.catalog.summary(id),
      this.#parts.inventories.heldTables(id),
    ]);
    const previousData = await this.#parts.previousData.shownOf(id, observation);
    const underWay = activity.items.filter((job) => !isEnded(job.state)).length;
    return {
      id,
      name,
      ...observation,
      // Overrides what was observed of it.
      previousData,
      traits,
      backups,
      jobsUnderWay: underWay,
      jobsFailed: activity.items.length - underWay,
      actions: actionsFor({
        role,
        state: observation.state,
        traits,
        activity: activity.items,
        holdsTables,
        hasPreviousData: previousData !== undefined,
      }),
    };
  }
}

const STOPPED = new Set<string>(["cluster-not-running", "cluster-unreachable", "host-unreachable"]);
