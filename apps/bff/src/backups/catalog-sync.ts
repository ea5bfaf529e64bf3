import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { backupOfManifest } from "@snapdeck/core/backups/backup-of-manifest";
import type { Cluster } from "@snapdeck/core/ports/cluster";
import type { ClusterEvents } from "../clusters/cluster-events.ts";
import type { Log } from "../log.ts";
import type { BackupCatalog } from "./backup-catalog.ts";

/** Keeps the catalog equal to what each cluster's store lists. */
export class CatalogSync {
  readonly #catalog: BackupCatalog;
  readonly #events: ClusterEvents;
  readonly #log: Log;
  /** Backups whose manifest was said to be unusable: once is enough. */
  readonly #warned = new Set<string>();
  readonly #queues = new Map<ClusterId, Promise<void>>();

  constructor(catalog: BackupCatalog, events: ClusterEvents, log: Log) {
    this.#catalog = catalog;
    this.#events = events;
    this.#log = log;
  }

  /**
   * Reads what is new on the store and drops what is gone. A manifest that cannot be read is logged and not listed.
   * @throws {SnapdeckError} `store-unavailable`, ...; what was not read by then is read with the next look.
   */
  sync(cluster: Cluster): Promise<void> {
    return this.#inTurn(cluster.id, async () => {
      const listed = new Set(await cluster.systemBackups.list());
      const known = new Set(await this.#catalog.ids(cluster.id));
      const gone = [...known].filter((id) => !listed.has(id));
      for (const id of gone) await this.#catalog.drop(cluster.id, id);
      let added = 0;
      try {
        for (const id of listed) {
          if (!known.has(id) && (await this.#read(cluster, id))) added += 1;
        }
      } finally {
        // Also when a manifest could not be read: what was changed before that is not found changed the next time.
        if (gone.length + added > 0) this.#events.emit(cluster.id, { type: "backups" });
      }
    });
  }

  /** Lists one backup that was just confirmed, as its manifest says. */
  add(cluster: Cluster, backupId: BackupId): Promise<void> {
    return this.#inTurn(cluster.id, async () => {
      if (await this.#read(cluster, backupId)) this.#events.emit(cluster.id, { type: "backups" });
    });
  }

  /** Unlists one backup that is gone or can no longer be trusted. */
  drop(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    return this.#inTurn(clusterId, async () => {
      await this.#catalog.drop(clusterId, backupId);
      this.#events.emit(clusterId, { type: "backups" });
    });
  }

  /** Resolves when nothing of this is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#queues.values());
  }

  /** One at a time for each cluster: a listing that is older than a change must not undo it. */
  #inTurn(clusterId: ClusterId, act: () => Promise<void>): Promise<void> {
    const turn = (this.#queues.get(clusterId) ?? Promise.resolve()).then(act, act);
    this.#queues.set(clusterId, turn);
    return turn;
  }

  async #read(cluster: Cluster, backupId: BackupId): Promise<boolean> {
    try {
      const listed = await cluster.systemBackups.read(backupId);
      if (listed.manifest.backupId !== backupId || listed.manifest.clusterId !== cluster.id) {
        this.#warn(cluster.id, backupId, new Error("the manifest names another backup or cluster"));
        return false;
      }
      await this.#catalog.put(backupOfManifest(listed));
      return true;
    } catch (error) {
      if (!(error instanceof SnapdeckError) || !NOT_LISTED.has(error.code)) throw error;
      this.#warn(cluster.id, backupId, error);
      return false;
    }
  }

  #warn(clusterId: ClusterId, backupId: BackupId, error: Error): void {
    const key = `${clusterId} ${backupId}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#log.warn({ err: error, clusterId, backupId }, "a backup's manifest cannot be used; it is not listed");
  }
}

/** The manifest is gone again, or it cannot be trusted; both are answers. */
const NOT_LISTED = new Set<string>(["backup-not-found", "backup-unusable"]);
