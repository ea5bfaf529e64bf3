import type { Backup, RestorePlan } from "@snapdeck/contract/backup";
import type { Inventory } from "@snapdeck/contract/cluster";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { PlanId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { backupOfManifest } from "@snapdeck/core/backups/backup-of-manifest";
import { planRestore } from "@snapdeck/core/backups/plan-restore";
import { untrustedBackup } from "@snapdeck/core/backups/untrusted-backup";
import type { Clock } from "@snapdeck/core/clock";
import type { ListedBackup } from "@snapdeck/core/ports/cluster";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { WatchedCluster } from "../clusters/cluster-registry.ts";
import type { Inventories } from "../clusters/inventories.ts";
import type { BackupCatalog } from "./backup-catalog.ts";
import type { CatalogSync } from "./catalog-sync.ts";
import { noSuchBackup } from "./no-such-backup.ts";
import { readHistory } from "./restore-history.ts";
import type { MadePlan, PlannedWorld, RestorePlans } from "./restore-plans.ts";
import { staleness } from "./stale-plan.ts";
import type { StoreReader } from "./store-reader.ts";

/** How long an operator may look at a plan before it has to be made again, in milliseconds. */
const PLAN_LIFE_MS = 10 * 60 * 1_000;

export type RestorePlannerParts = {
  readonly store: JobStore;
  readonly catalog: BackupCatalog;
  readonly sync: CatalogSync;
  readonly reader: StoreReader;
  readonly inventories: Inventories;
  readonly plans: RestorePlans;
  readonly clock: Clock;
  readonly newId: () => string;
};

/** Makes plans of restores, and says whether the world still is what a plan was made from. */
export class RestorePlanner {
  readonly #parts: RestorePlannerParts;

  constructor(parts: RestorePlannerParts) {
    this.#parts = parts;
  }

  /** @throws {SnapdeckError} `backup-not-found`, `backup-unusable`, `store-unavailable` */
  async make(target: WatchedCluster, backupId: BackupId): Promise<RestorePlan> {
    const { store, catalog, plans, clock, newId } = this.#parts;
    const { cluster, watcher } = target;
    const { backup, listed } = await this.#readBackup(target, backupId);
    // It stays listed: with the right key it is one that can be restored.
    if (listed.doubt !== undefined) throw untrustedBackup(backupId, listed.doubt);
    const observation = await watcher.observeNow();
    const inventory = await this.#inventoryOf(target, observation.state === "running");
    const madeAt = clock();
    const plan = planRestore({
      id: PlanId.parse(newId()),
      backup,
      listed,
      clusterName: cluster.name,
      // A cluster that does not answer shows no ranks; that is no reason to warn of their number.
      ranks: observation.ranks.length === 0 ? listed.manifest.ranks.length : observation.ranks.length,
      inventory,
      undoableSince: observation.previousData?.swappedAt,
      space: await this.#parts.reader.restoreSpace(cluster, backupId),
      history: await readHistory(store, catalog, cluster.id),
      madeAt,
      expiresAt: new Date(Date.parse(madeAt) + PLAN_LIFE_MS).toISOString(),
    });
    const world = await this.#worldOf(cluster.id, observation.state, listed, inventory);
    await plans.put(cluster.id, { plan, world });
    return plan;
  }

  /** @throws {SnapdeckError} `plan-stale` for a plan that nobody made here */
  async made(clusterId: ClusterId, planId: PlanId): Promise<MadePlan> {
    const made = await this.#parts.plans.get(clusterId, planId);
    if (made === undefined) throw stale("nobody made it here");
    return made;
  }

  /**
   * Answers the backup as the store has it now.
   * @throws {SnapdeckError} `plan-stale` with the reason
   */
  async mustStillFit(
    target: WatchedCluster,
    made: MadePlan,
    clusterState: PlannedWorld["clusterState"],
  ): Promise<Backup> {
    const { inventories, clock } = this.#parts;
    const listed = await this.#listedOrGone(target, made.plan.backup.id);
    const inventory = await inventories.remembered(target.cluster.id);
    const world = listed && (await this.#worldOf(target.cluster.id, clusterState, listed, inventory));
    const reason = staleness(made, world, clock());
    if (reason !== undefined) throw stale(reason);
    if (listed === undefined) throw stale("its backup is no longer there");
    return backupOfManifest(listed);
  }

  async #worldOf(
    clusterId: ClusterId,
    clusterState: PlannedWorld["clusterState"],
    { manifestSha256 }: ListedBackup,
    inventory: Inventory | undefined,
  ): Promise<PlannedWorld> {
    const { store } = this.#parts;
    const [suspend] = await store.lastSucceeded(clusterId, "suspend", 1);
    const [restore] = await store.lastSucceeded(clusterId, "restore", 1);
    const [undo] = await store.lastSucceeded(clusterId, "undo-restore", 1);
    return {
      clusterState,
      manifestSha256,
      inventoryObservedAt: inventory?.observedAt ?? null,
      lastSuspend: suspend?.id ?? null,
      lastRestore: restore?.id ?? null,
      lastUndo: undo?.id ?? null,
    };
  }

  async #readBackup(
    { cluster }: WatchedCluster,
    backupId: BackupId,
  ): Promise<{ backup: Backup; listed: ListedBackup }> {
    const { catalog, reader, sync } = this.#parts;
    if ((await catalog.get(cluster.id, backupId)) === undefined) throw noSuchBackup(cluster.id, backupId);
    try {
      const listed = await reader.read(cluster, backupId);
      await sync.adopt(listed);
      return { backup: backupOfManifest(listed), listed };
    } catch (error) {
      // The list is only a copy of the store: what the store no longer vouches for goes from it now.
      if (error instanceof SnapdeckError && (error.code === "backup-not-found" || error.code === "backup-unusable")) {
        await sync.drop(cluster.id, backupId);
      }
      throw error;
    }
  }

  async #listedOrGone({ cluster }: WatchedCluster, backupId: BackupId): Promise<ListedBackup | undefined> {
    try {
      return await this.#parts.reader.read(cluster, backupId);
    } catch (error) {
      if (error instanceof SnapdeckError && error.code === "backup-not-found") return undefined;
      throw error;
    }
  }

  async #inventoryOf({ cluster }: WatchedCluster, running: boolean): Promise<Inventory | undefined> {
    if (!running) return this.#parts.inventories.remembered(cluster.id);
    try {
      return await this.#parts.inventories.read(cluster);
    } catch {
      // A plan with older numbers, and their age, is better than none.
      return this.#parts.inventories.remembered(cluster.id);
    }
  }
}

function stale(reason: string): SnapdeckError {
  return new SnapdeckError("plan-stale", `the plan cannot be carried out: ${reason}; nothing was changed`, {
    hint: "Make the plan again and look at it once more.",
  });
}
