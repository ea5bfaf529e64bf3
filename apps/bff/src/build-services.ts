import type { Clock } from "@snapdeck/core/clock";
import type { Cluster } from "@snapdeck/core/ports/cluster";
import { AuditedAct } from "./audit/audited-act.ts";
import { KyselyAuditLog } from "./audit/kysely-audit-log.ts";
import { BackupCatalog } from "./backups/backup-catalog.ts";
import { CatalogBackupService } from "./backups/catalog-backup-service.ts";
import { CatalogKeeper } from "./backups/catalog-keeper.ts";
import { CatalogSync } from "./backups/catalog-sync.ts";
import { RestorePlanner } from "./backups/restore-planner.ts";
import { RestorePlans } from "./backups/restore-plans.ts";
import { ChangeFeed } from "./clusters/change-feed.ts";
import { ClusterEvents } from "./clusters/cluster-events.ts";
import { ClusterRegistry } from "./clusters/cluster-registry.ts";
import { ClusterWatcher } from "./clusters/cluster-watcher.ts";
import { Inventories } from "./clusters/inventories.ts";
import { KeptClusterService } from "./clusters/kept-cluster-service.ts";
import { AroundWork } from "./jobs/around-work.ts";
import { DrivenJobService } from "./jobs/driven-job-service.ts";
import { Gatekeeper } from "./jobs/gatekeeper.ts";
import { JobDriver } from "./jobs/job-driver.ts";
import { JobStarter } from "./jobs/job-starter.ts";
import type { Log } from "./log.ts";
import { readinessOf } from "./readiness.ts";
import type { Services } from "./services.ts";
import { usersOfBackups } from "./state/cluster-lock.ts";
import { KyselyJobStore } from "./state/kysely-job-store.ts";
import { KyselySessionStore } from "./state/kysely-session-store.ts";
import { KyselyUserStore } from "./state/kysely-user-store.ts";
import type { StateDatabase } from "./state/open-state-database.ts";

export type BuildOptions = {
  readonly database: StateDatabase;
  readonly clusters: readonly Cluster[];
  readonly clock: Clock;
  /** Makes UUIDs. */
  readonly newId: () => string;
  /** Names this process among those that share the state database. */
  readonly owner: string;
  readonly log: Log;
  /** How long a job waits for another process when this one dies, in milliseconds. Default 10 000. */
  readonly leaseMs?: number;
  /** How often each cluster is observed, in milliseconds. Default 1 000. */
  readonly observeEveryMs?: number;
  /** How long a cluster may not answer before it is shown as unreachable, in milliseconds. Default 5 000. */
  readonly answerDeadlineMs?: number;
};

export type BuiltServices = {
  readonly services: Services;
  /** Observes the clusters, reads the stores, and drives the jobs that nobody drives. Resolves once there is something to show. */
  start(): Promise<void>;
  /** Stops all that, without canceling a job; the next process goes on with them. The database stays open. */
  stop(): Promise<void>;
};

/** Puts the services together over one state database; what they need of the world is passed in. */
export function buildServices(options: BuildOptions): BuiltServices {
  const { database, clusters, clock, newId, owner, log, leaseMs = 10_000 } = options;
  const { observeEveryMs = 1_000, answerDeadlineMs: deadlineMs = 5_000 } = options;
  const { db } = database;
  const events = new ClusterEvents(log);
  const store = new KyselyJobStore(db, (clusterId) => feed.poke(clusterId));
  const feed = new ChangeFeed(store, events, log);
  const registry = new ClusterRegistry(
    clusters.map((cluster) => {
      const onChange = () => events.emit(cluster.id, { type: "cluster" });
      return { cluster, watcher: new ClusterWatcher({ cluster, clock, observeEveryMs, deadlineMs, onChange }) };
    }),
  );
  const audit = new KyselyAuditLog(db, clock);
  const audited = new AuditedAct(audit);
  const inventories = new Inventories(db);
  const catalog = new BackupCatalog(db);
  const sync = new CatalogSync(catalog, events, log);
  const keeper = new CatalogKeeper(registry, sync, log);
  const around = new AroundWork(inventories, sync, log);
  const driver = new JobDriver({ store, around, events, clock, leaseMs, log, registry, owner });
  const starter = new JobStarter({ store, driver, audited, clock, newId });
  const gatekeeper = new Gatekeeper(registry, store, inventories);
  const planner = new RestorePlanner({
    store,
    catalog,
    sync,
    inventories,
    plans: new RestorePlans(db),
    clock,
    newId,
  });

  const services: Services = {
    clusters: new KeptClusterService({ registry, store, catalog, inventories, events }),
    jobs: new DrivenJobService({ registry, store, catalog, gatekeeper, starter, driver, audited, clock }),
    backups: new CatalogBackupService({
      registry,
      store,
      catalog,
      planner,
      gatekeeper,
      starter,
      audited,
      usersOfBackups: (clusterId) => usersOfBackups(db, clusterId),
      clock,
      newId,
    }),
    users: new KyselyUserStore(db, clock),
    sessions: new KyselySessionStore(db),
    audit,
    readiness: () => readinessOf(db, registry),
  };

  return {
    services,
    async start() {
      await feed.start(clusters.map(({ id }) => id));
      await Promise.all([keeper.start(), ...registry.all().map(({ watcher }) => watcher.start())]);
      driver.start();
    },
    async stop() {
      await driver.stop();
      await keeper.stop();
      for (const { watcher } of registry.all()) watcher.stop();
      feed.stop();
    },
  };
}
