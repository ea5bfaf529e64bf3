import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { MemoryEngine } from "@snapdeck/cluster-memory/memory-engine";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";
import { runChild } from "./child-process.ts";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  plannedRestore,
  type ServicesWorld,
  servicesWorld,
  suspended,
} from "./services-world.ts";
import { temporaryDirectory, temporaryState } from "./temporary-state.ts";

async function heldBackup(world: ServicesWorld): Promise<JobId> {
  world.engine.holdAt("copying");
  const job = await world.services.backups.start(MEMORY, ADMIN);
  await expect.poll(() => world.engine.snapshots.size).toBe(1);
  return job.id;
}

/** A server that was killed with SIGKILL in the middle of a backup, and the state it left. */
async function killedServer() {
  const file = join(temporaryDirectory(), "state.sqlite");
  const child = runChild("./child-server.ts", file);
  const jobId = JobId.parse(await child.line((line) => line.length === 36));
  await child.kill();
  const database = await openStateDatabase(file);
  const job = await new KyselyJobStore(database.db).get(jobId);
  if (job?.work.kind !== "backup") throw new Error("the child made no backup");
  expect(job.state.name).toBe("running");
  return { database, job, backupId: job.work.backupId };
}

describe("I25: a server that was killed in the middle of a backup", () => {
  test("leaves a job that its successor takes up, with the attempt that the engine knows, and confirms", async () => {
    const { database, job, backupId } = await killedServer();
    // The engine went on: it still knows the operation and has the files.
    const engine = new MemoryEngine();
    engine.begin(job.id).stepsDone = 2;
    engine.snapshots.set(backupId, { data: engine.data, manifest: undefined });
    const world = await servicesWorld({ database, engine, owner: "successor" });
    const done = await jobIn(world, job.id, "succeeded");
    expect(done).toMatchObject({ attempt: 1, state: { evidence: { backupId } } });
    expect((await world.services.backups.get(MEMORY, backupId)).id).toBe(backupId);
  });

  test("leaves a job that ends as interrupted when the engine knows nothing of it, and says what to do", async () => {
    const { database, job } = await killedServer();
    const world = await servicesWorld({ database, owner: "successor" });
    const ended = await jobIn(world, job.id, "interrupted");
    expect(ended.state).toMatchObject({
      phase: "copying",
      problem: {
        detail: expect.stringContaining("the cluster knows of no such backup"),
        hint: expect.stringContaining("The cluster's data was not touched"),
      },
    });
    expect((await world.services.jobs.activity(MEMORY)).items.map((each) => each.id)).toEqual([job.id]);
    await world.services.jobs.cancel(MEMORY, job.id, ADMIN);
    expect(await world.services.jobs.activity(MEMORY)).toMatchObject({ items: [] });
    await backedUp(world);
  });

  test("and a cancel that was asked for just before ends in canceled", async () => {
    const { database, job } = await killedServer();
    await new KyselyJobStore(database.db).requestCancel(job.id, ADMIN, new Date().toISOString());
    const world = await servicesWorld({ database, owner: "successor" });
    expect((await jobIn(world, job.id, "canceled")).state).toMatchObject({ canceledBy: "ada" });
  });

  test("is not believed to have failed while the cluster does not answer yet", async () => {
    const { database, job } = await killedServer();
    const engine = new MemoryEngine();
    engine.begin(job.id);
    engine.snapshots.set(job.work.kind === "backup" ? job.work.backupId : BackupId.parse("x"), {
      data: engine.data,
      manifest: undefined,
    });
    engine.reachable = false;
    const world = await servicesWorld({ database, engine, owner: "successor" });
    expect((await world.services.jobs.get(MEMORY, job.id)).state.name).toBe("running");
    expect(await world.services.readiness()).toEqual({ ready: false, waitingFor: ["cluster memory"] });
    engine.reachable = true;
    await jobIn(world, job.id, "succeeded");
  });
});

describe("a server that stops", () => {
  test("cancels nothing, and the next one goes on at once without waiting for the lease", async () => {
    const first = await servicesWorld({ leaseMs: 3_600_000 });
    const jobId = await heldBackup(first);
    await first.stop();
    expect((await first.services.jobs.get(MEMORY, jobId)).state.name).toBe("running");
    const { database, engine } = first;
    const second = await servicesWorld({ database, engine, leaseMs: 3_600_000, owner: "bff-2" });
    engine.release("copying");
    await jobIn(second, jobId, "succeeded");
  });
});

describe("two servers on one database", () => {
  test("drive each job once", async () => {
    const first = await servicesWorld({ owner: "one" });
    const second = await servicesWorld({ owner: "two", database: first.database, engine: first.engine });
    const tokens: number[] = [];
    for (const { cluster } of [first, second]) {
      const backUp = cluster.systemBackups.backUp.bind(cluster.systemBackups);
      cluster.systemBackups.backUp = (order, signal) => {
        tokens.push(order.fencingToken);
        return backUp(order, signal);
      };
    }
    for (let n = 0; n < 5; n += 1) await backedUp(n % 2 === 0 ? first : second);
    expect(tokens).toHaveLength(5);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  });

  test("a server whose lease was taken while it slept writes nothing and stops nothing", async () => {
    const world = await servicesWorld({ leaseMs: 3_600_000 });
    const jobId = await heldBackup(world);
    const store = new KyselyJobStore(world.database.db);
    const muchLater = new Date(Date.now() + 2 * 3_600_000).toISOString();
    const taken = await store.claim(jobId, "another", muchLater, 3_600_000);
    const before = await store.get(jobId);
    world.engine.release("copying");
    // The sleeper meets the fence when it wants to list the backup.
    await expect.poll(() => world.engine.operation(jobId)?.stepsDone).toBe(4);
    await world.stop();
    expect(await store.get(jobId)).toMatchObject({ seq: before?.seq, state: { name: "running" } });
    expect(await world.cluster.systemBackups.list()).toEqual([]);
    expect(world.engine.snapshots.size).toBe(1);
    if (taken !== undefined) await store.checkFence(taken);
  });

  test("a cancel asked of one reaches the other with its next renewal", async () => {
    const first = await servicesWorld({ owner: "one", leaseMs: 300 });
    const jobId = await heldBackup(first);
    // Beside the service, as another process would: nothing in this one is told.
    await new KyselyJobStore(first.database.db).requestCancel(jobId, ADMIN, new Date().toISOString());
    await jobIn(first, jobId, "canceled");
    expect(first.engine.snapshots.size).toBe(0);
  });
});

test("a job that was queued when the server died runs with the next one, once", async () => {
  const database = await temporaryState();
  const queued = await new KyselyJobStore(database.db).create({
    id: JobId.parse(randomUUID()),
    clusterId: MEMORY,
    work: { kind: "backup", backupId: BackupId.parse("b-1") },
    requestedBy: ADMIN,
    requestedAt: new Date().toISOString(),
    lock: "shared",
  });
  const world = await servicesWorld({ database });
  await jobIn(world, queued.id, "succeeded");
  expect(await world.cluster.systemBackups.list()).toEqual(["b-1"]);
});

test("a restore that was swapped in when the server died is told to have succeeded", async () => {
  const first = await servicesWorld();
  const backupId = await backedUp(first);
  await suspended(first);
  first.engine.holdAt("restoring");
  const job = await first.services.backups.startRestore(MEMORY, await plannedRestore(first, backupId), ADMIN);
  await expect.poll(() => first.engine.state).toBe("restoring");
  await first.stop();
  const { database, engine } = first;
  engine.restoredBy.add(job.id);
  engine.state = "suspended";
  const second = await servicesWorld({ database, engine, owner: "bff-2" });
  const done = await jobIn(second, job.id, "succeeded");
  expect(done.state).toMatchObject({ evidence: { kind: "restore", backupId } });
});
