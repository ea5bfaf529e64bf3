import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { Cluster, ClusterObservation } from "@snapdeck/core/ports/cluster";
import { AuditedAct } from "./audit/audited-act.ts";
import { KyselyAuditLog } from "./audit/kysely-audit-log.ts";
import { BackupCatalog } from "./backups/backup-catalog.ts";
import { BackupVerifier } from "./backups/backup-verifier.ts";
import { CatalogBackupService } from "./backups/catalog-backup-service.ts";
import { CatalogKeeper } from "./backups/catalog-keeper.ts";
import { CatalogSync } from "./backups/catalog-sync.ts";
import { RestorePlanner } from "./backups/restore-planner.ts";
import { RestorePlans } from "./backups/restore-plans.ts";
import { StoreReader } from "./backups/store-reader.ts";
import { ChangeFeed } from "./clusters/change-feed.ts";
import { ClusterEvents } from "./clusters/cluster-events.ts";
import { ClusterRegistry } from "./clusters/cluster-registry.ts";
import { ClusterWatcher } from "./clusters/cluster-watcher.ts";
import { Inventories } from "./clusters/inventories.ts";
import { KeptClusterService } from "./clusters/kept-cluster-service.ts";
import { OtherProcesses } from "./clusters/other-processes.ts";
import { PreviousDataRule } from "./clusters/previous-data.ts";
import { PreviousDataKeeper } from "./clusters/previous-data-keeper.ts";
import { AroundWork } from "./jobs/around-work.ts";
import { DrivenJobService } from "./jobs/driven-job-service.ts";
import { Gatekeeper } from "./jobs/gatekeeper.ts";
import { JobDriver } from "./jobs/job-driver.ts";
import { JobStarter } from "./jobs/job-starter.ts";
import { type Checker, storeCheckWork } from "./jobs/store-check-work.ts";
import type { Log } from "./log.ts";
import { readinessOf } from "./readiness.ts";
import type { Services } from "./services.ts";
import { BackupStatements } from "./sql/backup-statements.ts";
import { type Connections, NO_CONNECTIONS } from "./sql/connections.ts";
import { RepeatedScripts } from "./sql/repeated-scripts.ts";
import { ScriptRunner } from "./sql/script-runner.ts";
import { StatementRunner } from "./sql/statement-runner.ts";
import { StatementWork } from "./sql/statement-work.ts";
import { StoreAccess } from "./sql/store-access.ts";
import { usersOfBackups } from "./state/cluster-lock.ts";
import { KyselyJobStore } from "./state/kysely-job-store.ts";
import { KyselySessionStore } from "./state/kysely-session-store.ts";
import { KyselyUserStore } from "./state/kysely-user-store.ts";
import { SharedClock } from "./state/shared-clock.ts";
import { SharedState } from "./state/shared-state.ts";
import type { StateDatabase } from "./state/state-database.ts";

export type BuildOptions = {
  readonly database: StateDatabase;
  readonly clusters: readonly Cluster[];
  readonly clock: Clock;
  /** Makes UUIDs. */
  readonly newId: () => string;
  /** Names this process among those that share the state database. */
  readonly owner: string;
  readonly log: Log;
  /** The credentials, data sinks and data sources of the clusters; absent where there are none. */
  readonly connections?: Connections;
  /** How long a job waits for another process when this one dies, in milliseconds. Default 10 000. */
  readonly leaseMs?: number;
  /** How often each cluster is observed, in milliseconds. Default 1 000. */
  readonly observeEveryMs?: number;
  /** How long a cluster may not answer before it is shown as unreachable, in milliseconds. Default 5 000. */
  readonly answerDeadlineMs?: number;
  /** Whether every byte of each new backup is read back (L2) by itself. Default true. */
  readonly verifyAfterBackup?: boolean;
  /** After how many hours what a restore put aside is let go by itself; 0: never. Default 72. */
  readonly keepPreviousDataHours?: number;
  /** How long work may report nothing before it is given up, in milliseconds. Default 10 minutes. */
  readonly silenceMs?: number;
  /** Looks at store and state for a job of kind `check-store`; absent where nobody can. */
  readonly checker?: Checker;
  /** Milliseconds of a clock that nobody sets. Default: that of this process. */
  readonly elapsedMs?: () => number;
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
  const { observeEveryMs = 1_000, answerDeadlineMs: deadlineMs = 5_000, silenceMs = 10 * 60 * 1_000 } = options;
  const { verifyAfterBackup = true, keepPreviousDataHours = 72, checker = cannotCheck } = options;
  const { elapsedMs = () => performance.now(), connections = NO_CONNECTIONS } = options;
  const { db } = database;
  const events = new ClusterEvents(log);
  const store = new KyselyJobStore(db, (clusterId) => feed.poke(clusterId));
  const feed = new ChangeFeed(store, events, log);
  const registry = new ClusterRegistry(
    clusters.map((cluster) => {
      const onChange = () => events.emit(cluster.id, { type: "cluster" });
      const onObserved = (observed: ClusterObservation) => previousDataKeeper.observed(cluster.id, observed);
      const watching = { cluster, clock, observeEveryMs, deadlineMs, onChange, onObserved };
      return { cluster, watcher: new ClusterWatcher(watching) };
    }),
  );
  const audit = new KyselyAuditLog(db, clock);
  const audited = new AuditedAct(audit);
  const inventories = new Inventories(db);
  const catalog = new BackupCatalog(db);
  const reader = new StoreReader();
  const sync = new CatalogSync({ catalog, reader, events, clock, log });
  const around = new AroundWork(inventories, sync, log);
  const checkStore = storeCheckWork(async (cluster, ...order) => {
    // What others changed in the store since the last look is no break; it only was not seen yet.
    await sync.sync(cluster);
    return checker(cluster, ...order);
  });
  const stores = new StoreAccess(connections, store);
  const ownWork = { checkStore, databaseBackups: new StatementWork(stores) };
  const sharedClock = database.isShared ? new SharedClock(db, clock) : undefined;
  const leaseClock = sharedClock?.now ?? clock;
  const driver = new JobDriver({
    store,
    around,
    ownWork,
    events,
    clock,
    leaseClock,
    leaseMs,
    silenceMs,
    log,
    registry,
    owner,
  });
  const starter = new JobStarter({ store, driver, audited, clock, newId });
  const gatekeeper = new Gatekeeper(registry, store, inventories);
  const planner = new RestorePlanner({
    store,
    catalog,
    sync,
    reader,
    inventories,
    plans: new RestorePlans(db),
    clock,
    newId,
  });

  const statements = new StatementRunner({
    connections,
    stores,
    backups: new BackupStatements({ stores, starter, gatekeeper, newId }),
    audit,
  });
  const repeated = new RepeatedScripts(elapsedMs);
  const sql = new ScriptRunner({ registry, statements, repeated, ends: { store, events }, audit });

  const previousData = new PreviousDataRule(store, keepPreviousDataHours);
  const jobs = new DrivenJobService({
    registry,
    store,
    catalog,
    reader,
    gatekeeper,
    starter,
    driver,
    audited,
    clock,
    ownWork,
  });
  const previousDataKeeper = new PreviousDataKeeper({
    rule: previousData,
    store,
    gatekeeper,
    jobs,
    clock,
    elapsedMs,
    newId,
    log,
  });
  const verifier = new BackupVerifier({ registry, store, catalog, jobs, events, clock, newId, log });
  const onSynced = (clusterId: ClusterId) => verifier.look(clusterId);
  const keeper = new CatalogKeeper(registry, sync, onSynced, log);

  const others =
    sharedClock &&
    new OtherProcesses({ state: new SharedState(db), clock: sharedClock, feed, driver, registry, events, log });

  const services: Services = {
    clusters: new KeptClusterService({ registry, store, catalog, inventories, events, previousData }),
    jobs,
    backups: new CatalogBackupService({
      registry,
      store,
      catalog,
      reader,
      planner,
      gatekeeper,
      starter,
      audited,
      usersOfBackups: (clusterId) => usersOfBackups(db, clusterId),
      clock,
      newId,
    }),
    sql,
    users: new KyselyUserStore(db, clock),
    sessions: new KyselySessionStore(db),
    audit,
    readiness: () => readinessOf(db, registry),
  };

  return {
    services,
    async start() {
      await feed.start(clusters.map(({ id }) => id));
      await others?.start();
      if (verifyAfterBackup) verifier.start();
      await Promise.all([keeper.start(), ...registry.all().map(({ watcher }) => watcher.start())]);
      driver.start();
    },
    async stop() {
      await verifier.stop();
      await previousDataKeeper.stop();
      await driver.stop();
      await keeper.stop();
      for (const { watcher } of registry.all()) watcher.stop();
      await others?.stop();
      feed.stop();
    },
  };
}

/** Where no checker was passed in. */
const cannotCheck: Checker = async () => {
  throw new SnapdeckError("not-supported", "this server has no store checker; nothing was looked at");
};
