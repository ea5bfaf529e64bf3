import { randomUUID } from "node:crypto";
import { MemoryCluster } from "@snapdeck/cluster-memory/memory-cluster";
import { MemoryEngine } from "@snapdeck/cluster-memory/memory-engine";
import type { Job } from "@snapdeck/contract/job";
import { type BackupId, ClusterId, type JobId } from "@snapdeck/contract/scalars";
import { onTestFinished, vi } from "vitest";
import { type BuildOptions, buildServices } from "../src/build-services.ts";
import { createLog } from "../src/log.ts";
import type { Actor, ClusterEvent, Services } from "../src/services.ts";
import type { StateDatabase } from "../src/state/state-database.ts";
import { temporaryState } from "./temporary-state.ts";

export const MEMORY = ClusterId.parse("memory");
export const ADMIN: Actor = { username: "ada", role: "admin", origin: "127.0.0.1", requestId: "r-1" };
export const OPERATOR: Actor = { username: "olli", role: "operator", origin: "127.0.0.1", requestId: "r-2" };
export const VIEWER: Actor = { username: "vera", role: "viewer", origin: "127.0.0.1", requestId: "r-3" };

const log = createLog("silent");

export type ServicesWorld = {
  readonly engine: MemoryEngine;
  readonly cluster: MemoryCluster;
  readonly database: StateDatabase;
  readonly services: Services;
  /** Every event of the cluster since the start. */
  readonly events: ClusterEvent[];
  stop(): Promise<void>;
};

export type WorldOptions = Partial<
  Pick<
    BuildOptions,
    | "database"
    | "clock"
    | "leaseMs"
    | "owner"
    | "answerDeadlineMs"
    | "verifyAfterBackup"
    | "keepPreviousDataHours"
    | "silenceMs"
    | "checker"
    | "elapsedMs"
    | "connections"
  >
> & {
  readonly engine?: MemoryEngine;
  /** Changes the cluster before anybody sees it. */
  readonly prepare?: (cluster: MemoryCluster) => void;
};

/** The services over a real SQLite file and the in-memory cluster, started; stopped after the test. */
export async function servicesWorld(options: WorldOptions = {}): Promise<ServicesWorld> {
  const engine = options.engine ?? new MemoryEngine();
  const clock = options.clock ?? (() => new Date().toISOString());
  const database = options.database ?? (await temporaryState());
  const cluster = new MemoryCluster(engine, clock);
  options.prepare?.(cluster);
  const { engine: _, prepare: __, ...wishes } = options;
  const { services, start, stop } = buildServices({
    leaseMs: 1_000,
    owner: "bff-1",
    // Where a test is not about it, nothing goes on beside what it asked for.
    verifyAfterBackup: false,
    ...wishes,
    database,
    clusters: [cluster],
    clock,
    newId: randomUUID,
    log,
    observeEveryMs: 50,
  });
  const events: ClusterEvent[] = [];
  services.clusters.watch(MEMORY, (event) => events.push(event));
  await start();
  let stopped: Promise<void> | undefined;
  const stopOnce = () => {
    stopped ??= stop();
    return stopped;
  };
  onTestFinished(stopOnce);
  return { engine, cluster, database, services, events, stop: stopOnce };
}

/** Waits until the job is in one of the states, and answers it. */
export async function jobIn(
  { services }: Pick<ServicesWorld, "services">,
  id: JobId,
  ...states: Job["state"]["name"][]
): Promise<Job> {
  return vi.waitFor(
    async () => {
      const job = await services.jobs.get(MEMORY, id);
      if (!states.includes(job.state.name)) throw new Error(`the job is ${JSON.stringify(job.state)}`);
      return job;
    },
    { timeout: 20_000, interval: 5 },
  );
}

export async function backedUp(world: ServicesWorld): Promise<BackupId> {
  const job = await world.services.backups.start(MEMORY, ADMIN);
  await jobIn(world, job.id, "succeeded");
  if (job.work.kind !== "backup") throw new Error("not a backup");
  return job.work.backupId;
}

export async function suspended(world: ServicesWorld): Promise<void> {
  const job = await world.services.jobs.start(MEMORY, { kind: "suspend" }, ADMIN);
  await jobIn(world, job.id, "succeeded");
}

export async function resumed(world: ServicesWorld): Promise<void> {
  const job = await world.services.jobs.start(MEMORY, { kind: "resume" }, ADMIN);
  await jobIn(world, job.id, "succeeded");
}

export async function verified(world: ServicesWorld, backupId: BackupId, level: "L2" | "L3" = "L2"): Promise<Job> {
  const job = await world.services.jobs.start(MEMORY, { kind: "verify-backup", backupId, level }, OPERATOR);
  return jobIn(world, job.id, "succeeded", "failed");
}

/** Suspends, restores that backup, and answers the job; the cluster stays suspended. */
export async function restored(world: ServicesWorld, backupId: BackupId): Promise<Job> {
  await suspended(world);
  const job = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
  return jobIn(world, job.id, "succeeded");
}

/** A plan of restoring that backup, as the order that carries it out. */
export async function plannedRestore({ services }: ServicesWorld, backupId: BackupId) {
  const plan = await services.backups.planRestore(MEMORY, backupId, ADMIN);
  return { planId: plan.id, clusterName: "memory" };
}

export function writeRow(engine: MemoryEngine, row: string): void {
  engine.data.get("shop")?.get("orders")?.push(row);
}

export function rowsOf(engine: MemoryEngine): string[] | undefined {
  return engine.data.get("shop")?.get("orders");
}
