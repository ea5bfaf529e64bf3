import { isDeepStrictEqual } from "node:util";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { backupOfManifest } from "@snapdeck/core/backups/backup-of-manifest";
import type { Clock } from "@snapdeck/core/clock";
import type { Cluster, ListedBackup } from "@snapdeck/core/ports/cluster";
import type { ClusterEvents } from "../clusters/cluster-events.ts";
import type { Log } from "../log.ts";
import type { BackupCatalog } from "./backup-catalog.ts";
import type { StoreReader } from "./store-reader.ts";

/**
 * How many backups each look reads again although they are listed already, those that were not read for longest: another console may
 * have proven them. Enough for 20 backups a minute, and little enough for a store of 100 000; what a person is about to restore or
 * verify is read then and there.
 */
const READ_AGAIN = 20;

export type CatalogSyncParts = {
  readonly catalog: BackupCatalog;
  readonly reader: StoreReader;
  readonly events: ClusterEvents;
  readonly clock: Clock;
  readonly log: Log;
};

/** Keeps the catalog equal to what each cluster's store lists. */
export class CatalogSync {
  readonly #parts: CatalogSyncParts;
  /** Backups whose manifest was said to be unusable: once is enough. */
  readonly #warned = new Set<string>();
  readonly #queues = new Map<ClusterId, Promise<void>>();

  constructor(parts: CatalogSyncParts) {
    this.#parts = parts;
  }

  /**
   * Reads what is new on the store, some of what is listed already, and drops what is gone. A manifest that cannot be read is logged and
   * not listed.
   * @throws {SnapdeckError} `store-unavailable`, ...; what could not be read is read with the next look.
   */
  sync(cluster: Cluster): Promise<void> {
    return this.#inTurn(cluster.id, async () => {
      const { catalog, reader, events } = this.#parts;
      // In this order: what another process adds between the two is not taken for gone.
      const known = new Set(await catalog.ids(cluster.id));
      const listed = new Set(await reader.list(cluster, known.size > 0));
      let changes = 0;
      try {
        for (const id of known) {
          if (listed.has(id)) continue;
          await catalog.drop(cluster.id, id);
          changes += 1;
        }
        const added = [...listed].filter((id) => !known.has(id));
        const again = await catalog.longestUnread(cluster.id, READ_AGAIN);
        const failures: unknown[] = [];
        for (const id of [...added, ...again]) {
          try {
            if (await this.#read(cluster, id)) changes += 1;
          } catch (error) {
            // One backup on a bad sector must not keep all the others off the list.
            failures.push(error);
          }
        }
        if (failures.length > 0) throw failures[0];
      } finally {
        // Also when a manifest could not be read: what was changed before that is not found changed the next time.
        if (changes > 0) events.emit(cluster.id, { type: "backups" });
      }
    });
  }

  /** Shows one backup as the store has it now: one that was just confirmed or proven. */
  refresh(cluster: Cluster, backupId: BackupId): Promise<void> {
    return this.#inTurn(cluster.id, async () => {
      if (await this.#read(cluster, backupId)) this.#parts.events.emit(cluster.id, { type: "backups" });
    });
  }

  /** Shows what somebody just read from the store. */
  adopt(listed: ListedBackup): Promise<void> {
    const { clusterId } = listed.manifest;
    return this.#inTurn(clusterId, async () => {
      if (await this.#put(listed)) this.#parts.events.emit(clusterId, { type: "backups" });
    });
  }

  /** Unlists one backup that is gone or can no longer be trusted. */
  drop(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    return this.#inTurn(clusterId, async () => {
      await this.#parts.catalog.drop(clusterId, backupId);
      this.#parts.events.emit(clusterId, { type: "backups" });
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

  /** Answers whether what is shown of the backup became another. */
  async #read(cluster: Cluster, backupId: BackupId): Promise<boolean> {
    const { catalog, reader } = this.#parts;
    try {
      const listed = await reader.read(cluster, backupId);
      if (listed.manifest.backupId !== backupId || listed.manifest.clusterId !== cluster.id) {
        throw new SnapdeckError("backup-unusable", "the manifest names another backup or cluster");
      }
      return await this.#put(listed);
    } catch (error) {
      if (!(error instanceof SnapdeckError) || !NOT_LISTED.has(error.code)) throw error;
      this.#warn(cluster.id, backupId, error);
      if ((await catalog.get(cluster.id, backupId)) === undefined) return false;
      await catalog.drop(cluster.id, backupId);
      return true;
    }
  }

  async #put(listed: ListedBackup): Promise<boolean> {
    const { catalog, clock } = this.#parts;
    const backup = backupOfManifest(listed);
    const before = await catalog.get(backup.clusterId, backup.id);
    await catalog.put(backup, clock());
    return !isDeepStrictEqual(before, backup);
  }

  #warn(clusterId: ClusterId, backupId: BackupId, error: Error): void {
    const key = `${clusterId} ${backupId}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#parts.log.warn({ err: error, clusterId, backupId }, "a backup's manifest cannot be used; it is not listed");
  }
}

/** The manifest is gone again, or it cannot be trusted; both are answers. */
const NOT_LISTED = new Set<string>(["backup-not-found", "backup-unusable"]);
