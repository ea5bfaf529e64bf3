import type { ClusterTraits } from "@snapdeck/contract/cluster";
import type { RankEndpoints } from "@snapdeck/contract/host";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Clock } from "@snapdeck/core/clock";
import type { Cluster, ClusterData, EngineSql, Lifecycle, SystemBackups } from "@snapdeck/core/ports/cluster";
import type { ConnectionObjects, DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { BackupList } from "./backup-list.ts";
import { backUp } from "./backup-work.ts";
import { checksumTable } from "./checksum.ts";
import { type ClickHouseSettings, type ClusterParts, DEFAULT_SETTINGS, type Sealer } from "./cluster-parts.ts";
import { discardBackup, estimateBackup } from "./discard-backup.ts";
import { engineSqlOf } from "./engine-sql.ts";
import { discardExample, loadExample } from "./example-work.ts";
import { type HostAddress, HostClient } from "./host-client.ts";
import { discardAndWait } from "./host-restore.ts";
import { readInventory } from "./inventory.ts";
import { doubtOfManifest } from "./manifest-file.ts";
import { Observer } from "./observe.ts";
import { keepRestored, undoRestore } from "./previous-data-work.ts";
import { readListed } from "./proof-file.ts";
import { RankClients } from "./rank-clients.ts";
import { removeBackup } from "./remove-work.ts";
import { restoreSpace } from "./restore-plan.ts";
import { restore } from "./restore-work.ts";
import { databaseBackupsOf } from "./snapshots/database-backups.ts";
import { changeState, hostOf } from "./transition-work.ts";
import { discardVerification } from "./trial-work.ts";
import { verify } from "./verify-work.ts";

export type ClickHouseClusterOptions = {
  readonly id: ClusterId;
  readonly name: string;
  /** The host manager that starts and stops the ranks; it tells where they are. */
  readonly host?: HostAddress | undefined;
  /** Servers that nobody starts and stops for us, one for each rank. Given when there is no `host`. */
  readonly endpoints?: RankEndpoints | undefined;
  readonly store: ObjectStore;
  /** The destination in SQL of a folder of `store`; `fileDestination` where the engine's allowed path is the store's root. */
  readonly engineStore: (folder: string) => string;
  readonly sealer: Sealer;
  /** What of credentials, data sinks and data sources database backups hold; none by default. */
  readonly connections?: ConnectionObjects | undefined;
  readonly clock: Clock;
  /** Names a path that nobody used before; lower-case letters and digits. */
  readonly newSuffix: () => string;
  readonly settings?: Partial<ClickHouseSettings>;
};

/** A cluster of ClickHouse engines behind their HTTP interface: embedded ranks and servers alike. */
export class ClickHouseCluster implements Cluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly traits: ClusterTraits;
  readonly lifecycle: Lifecycle;
  readonly systemBackups: SystemBackups;
  readonly data: ClusterData;
  readonly sql: EngineSql;
  readonly databaseBackups: DatabaseBackups;
  readonly #parts: ClusterParts;

  constructor(options: ClickHouseClusterOptions) {
    const host = options.host === undefined ? undefined : new HostClient(options.host);
    const { endpoints = [] } = options;
    this.id = options.id;
    this.name = options.name;
    this.traits = {
      suspends: host !== undefined,
      backsUpSuspended: false,
      reportsBytes: true,
      cancels: true,
      speaksBackupSql: false,
      takesDatabaseBackups: true,
      loadsExampleData: true,
    };
    this.#parts = {
      ...options,
      host,
      ranks: new RankClients(host === undefined ? async () => endpoints : () => host.endpoints()),
      settings: { ...DEFAULT_SETTINGS, ...options.settings },
    };
    this.lifecycle = lifecycleOf(this.#parts);
    this.systemBackups = systemBackupsOf(this.#parts);
    this.data = dataOf(this.#parts);
    this.sql = engineSqlOf(this.#parts);
    this.databaseBackups = databaseBackupsOf(this.#parts);
  }

  /** Closes its connections; what runs in the engines goes on. */
  async close(): Promise<void> {
    await this.#parts.ranks.close();
  }
}

function lifecycleOf(parts: ClusterParts): Lifecycle {
  const observer = new Observer(parts);
  return {
    observe: () => observer.observe(),
    suspend: (order, signal) => changeState(parts, "suspend", order, signal),
    resume: (order, signal) => changeState(parts, "resume", order, signal),
  };
}

function systemBackupsOf(parts: ClusterParts): SystemBackups {
  const backups = new BackupList(parts);
  return {
    estimate: () => estimateBackup(parts),
    backUp: (order, signal) => backUp(parts, order, signal),
    discardBackup: (backupId) => discardBackup(parts, backupId),
    list: () => backups.ids(),
    // The folder of the cluster outlives the backups in it.
    wasUsed: async () => (await parts.store.folders()).includes(parts.id),
    read: async (backupId) => {
      const listed = await readListed(parts, backupId);
      return { ...listed, ...(await doubtOfManifest(parts.sealer, listed.manifest)) };
    },
    restoreSpace: (backupId) => restoreSpace(parts, backupId),
    restore: (order, signal) => restore(parts, order, signal),
    undoRestore: (order, signal) => undoRestore(parts, order, signal),
    keepRestored: (order, signal) => keepRestored(parts, order, signal),
    verify: (order, signal) => verify(parts, order, signal),
    discardVerification: (jobId) => discardVerification(parts, jobId),
    discardRestore: async (jobId, fencingToken) => {
      await discardAndWait(parts, hostOf(parts), { jobId, fencingToken });
    },
    remove: (order, signal) => removeBackup(parts, order, signal),
  };
}

function dataOf(parts: ClusterParts): ClusterData {
  return {
    inventory: () => readInventory(parts),
    checksum: (database, table, signal) => checksumTable(parts, database, table, signal),
    loadExample: (order, signal) => loadExample(parts, order, signal),
    discardExample: () => discardExample(parts),
  };
}
