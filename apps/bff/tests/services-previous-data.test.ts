import { randomUUID } from "node:crypto";
import { JobId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  restored,
  resumed,
  rowsOf,
  type ServicesWorld,
  servicesWorld,
  writeRow,
} from "./services-world.ts";

const HOUR_MS = 3_600_000;

/** A clock, and one that nobody sets. */
class Time {
  #passedMs = 0;
  #jumpedMs = 0;
  readonly clock = () => new Date(Date.now() + this.#passedMs + this.#jumpedMs).toISOString();
  readonly elapsedMs = () => performance.now() + this.#passedMs;

  pass(hours: number): void {
    this.#passedMs += hours * HOUR_MS;
  }

  jump(hours: number): void {
    this.#jumpedMs += hours * HOUR_MS;
  }
}

/** Waits until the cluster was observed after now. */
async function seenAnew({ cluster }: ServicesWorld): Promise<void> {
  const observe = cluster.lifecycle.observe.bind(cluster.lifecycle);
  let seen = 0;
  cluster.lifecycle.observe = async () => {
    const observed = await observe();
    seen += 1;
    return observed;
  };
  // The answer before the second one was taken in.
  await expect.poll(() => seen).toBeGreaterThanOrEqual(2);
}

/** A cluster that was restored from a backup that lacks its newest row, and is suspended. */
async function restoredWorld(options: Parameters<typeof servicesWorld>[0] = {}) {
  const world = await servicesWorld(options);
  const backupId = await backedUp(world);
  writeRow(world.engine, "newest");
  const before = [...(rowsOf(world.engine) ?? [])];
  const { id: restoreId } = await restored(world, backupId);
  expect(rowsOf(world.engine)).not.toEqual(before);
  return { world, backupId, restoreId, before };
}

function undo({ services }: ServicesWorld, restoreId: JobId, change: { clusterName?: string } = {}, actor = ADMIN) {
  return services.backups.undoRestore(MEMORY, { restoreId, clusterName: "memory", ...change }, actor);
}

async function shown({ services }: ServicesWorld) {
  return services.clusters.view(MEMORY, "admin");
}

async function keeps({ services }: ServicesWorld) {
  const { items } = await services.jobs.page(MEMORY, { limit: 50 });
  return items.filter(({ work }) => work.kind === "keep-restored");
}

describe("what a restore put aside", () => {
  test("is shown with the backup, and when it is let go", async () => {
    const { world, backupId, restoreId } = await restoredWorld();
    const { previousData, actions } = await shown(world);
    expect(previousData).toMatchObject({ restoreId, backupId });
    const { swappedAt = "", letGoAt = "" } = previousData ?? {};
    expect(Date.parse(letGoAt) - Date.parse(swappedAt)).toBe(72 * HOUR_MS);
    expect(actions.undoRestore).toEqual({ allowed: true });
    expect(actions.keepRestored).toEqual({ allowed: true });
    expect((await world.services.clusters.view(MEMORY, "operator")).actions.undoRestore).toMatchObject({
      code: "role-needed",
    });
  });

  test("is not said to be let go where only people do that, and is offered to nobody before a restore", async () => {
    const { world } = await restoredWorld({ keepPreviousDataHours: 0 });
    expect((await shown(world)).previousData).not.toHaveProperty("letGoAt");
    const other = await servicesWorld();
    const view = await shown(other);
    expect(view.previousData).toBeUndefined();
    expect(view.actions.keepRestored).toMatchObject({ code: "no-previous-data" });
  });
});

describe("I19: undoing a restore", () => {
  test("brings back the rows of before, and what was remembered of the cluster is forgotten", async () => {
    const { world, restoreId, before } = await restoredWorld();
    const job = await undo(world, restoreId);
    expect((await jobIn(world, job.id, "succeeded")).state).toMatchObject({
      evidence: { kind: "undo-restore", restoreId },
    });
    expect(rowsOf(world.engine)).toEqual(before);
    expect((await shown(world)).previousData).toBeUndefined();
    await expect(world.services.clusters.inventory(MEMORY)).rejects.toMatchObject({ code: "cluster-not-running" });
    await resumed(world);
    expect((await world.services.clusters.inventory(MEMORY)).rows).toBe(before.length);
    const { items } = await world.services.audit.page(20);
    expect(items.find(({ act }) => act === "restore.undo")).toMatchObject({ actor: "ada", result: "accepted" });
  });

  test("is refused while the cluster runs, whoever asks, and no row changes", async () => {
    const { world, restoreId } = await restoredWorld();
    await resumed(world);
    const rows = [...(rowsOf(world.engine) ?? [])];
    await expect(undo(world, restoreId)).rejects.toMatchObject({ code: "cluster-not-suspended" });
    expect(rowsOf(world.engine)).toEqual(rows);
    const [entry] = (await world.services.audit.page(1)).items;
    expect(entry).toMatchObject({ act: "restore.undo", result: "refused: cluster-not-suspended" });
  });

  test("is refused inside the job when the cluster runs again after the request was accepted", async () => {
    const { world, restoreId } = await restoredWorld();
    const observe = world.cluster.lifecycle.observe.bind(world.cluster.lifecycle);
    let asked = 0;
    world.cluster.lifecycle.observe = async () => {
      const observed = await observe();
      asked += 1;
      if (asked === 1) world.engine.state = "running";
      return observed;
    };
    const rows = [...(rowsOf(world.engine) ?? [])];
    const job = await undo(world, restoreId);
    const ended = await jobIn(world, job.id, "failed");
    expect(ended.state).toMatchObject({ problem: { code: "cluster-not-suspended" } });
    expect(rowsOf(world.engine)).toEqual(rows);
  });

  test("asks for the restore that is there, the cluster's name and an admin", async () => {
    const { world, restoreId } = await restoredWorld();
    await expect(undo(world, JobId.parse(randomUUID()))).rejects.toMatchObject({
      code: "no-previous-data",
      detail: expect.stringContaining(restoreId),
    });
    await expect(undo(world, restoreId, { clusterName: "Memory" })).rejects.toMatchObject({ code: "name-mismatch" });
    await expect(undo(world, restoreId, {}, OPERATOR)).rejects.toMatchObject({ code: "role-needed" });
    expect((await world.services.jobs.activity(MEMORY)).items).toEqual([]);
  });

  test("cannot be done twice, nor after the restored data was kept", async () => {
    const first = await restoredWorld();
    await jobIn(first.world, (await undo(first.world, first.restoreId)).id, "succeeded");
    await expect(undo(first.world, first.restoreId)).rejects.toMatchObject({ code: "no-previous-data" });

    const second = await restoredWorld();
    const work = { kind: "keep-restored", restoreId: second.restoreId } as const;
    const kept = await second.world.services.jobs.start(MEMORY, work, ADMIN);
    await jobIn(second.world, kept.id, "succeeded");
    await expect(undo(second.world, second.restoreId)).rejects.toMatchObject({ code: "no-previous-data" });
    expect((await shown(second.world)).previousData).toBeUndefined();
  });

  test("excludes a restore, a resume and keeping, and names the job in the way", async () => {
    const { world, restoreId } = await restoredWorld();
    world.engine.holdAt("swapping");
    const job = await undo(world, restoreId);
    await jobIn(world, job.id, "running");
    const busy = { code: "cluster-busy", jobId: job.id };
    await expect(world.services.jobs.start(MEMORY, { kind: "resume" }, ADMIN)).rejects.toMatchObject(busy);
    const keep = { kind: "keep-restored", restoreId } as const;
    await expect(world.services.jobs.start(MEMORY, keep, ADMIN)).rejects.toMatchObject(busy);
    world.engine.release("swapping");
    await jobIn(world, job.id, "succeeded");
  });

  test("I25: whose server died before it began is interrupted and says that it can still be done", async () => {
    const { world, restoreId } = await restoredWorld();
    world.engine.holdAt("swapping");
    const job = await undo(world, restoreId);
    await jobIn(world, job.id, "running");
    await world.stop();
    const { database, engine } = world;
    const second = await servicesWorld({ database, engine, owner: "bff-2" });
    const ended = await jobIn(second, job.id, "interrupted");
    expect(ended.state).toMatchObject({ problem: { hint: expect.stringContaining("can still be undone") } });
    engine.release("swapping");
    await second.services.jobs.cancel(MEMORY, job.id, ADMIN);
    await jobIn(second, (await undo(second, restoreId)).id, "succeeded");
  });
});

describe("keeping restored data", () => {
  test("goes on beside a running cluster, and a wrong restore is refused", async () => {
    const { world, restoreId } = await restoredWorld();
    await resumed(world);
    const keep = (id: JobId) => world.services.jobs.start(MEMORY, { kind: "keep-restored", restoreId: id }, ADMIN);
    await expect(keep(JobId.parse(randomUUID()))).rejects.toMatchObject({ code: "no-previous-data" });
    await jobIn(world, (await keep(restoreId)).id, "succeeded");
    expect((await shown(world)).actions.keepRestored).toMatchObject({ code: "no-previous-data" });
  });

  test("happens by itself when the time has passed, as Snapdeck, and once", async () => {
    const time = new Time();
    const { world } = await restoredWorld(time);
    await resumed(world);
    time.pass(71);
    await seenAnew(world);
    expect(await keeps(world)).toEqual([]);
    time.pass(2);
    await expect.poll(async () => (await shown(world)).previousData).toBeUndefined();
    expect(await keeps(world)).toMatchObject([{ requestedBy: "system", state: { name: "succeeded" } }]);
  });

  test("is not forgotten by a server that starts later, which sees the cluster run for an hour first", async () => {
    const time = new Time();
    const { world } = await restoredWorld(time);
    await resumed(world);
    await world.stop();
    time.pass(100);
    const { database, engine } = world;
    const second = await servicesWorld({ database, engine, ...time, owner: "bff-2" });
    await seenAnew(second);
    expect(await keeps(second)).toEqual([]);
    time.pass(1);
    await expect.poll(async () => (await keeps(second)).map(({ state }) => state.name)).toEqual(["succeeded"]);
  });

  test("does not happen while the cluster is suspended, nor in the first hour after that", async () => {
    const time = new Time();
    const { world } = await restoredWorld(time);
    time.pass(1_000);
    await seenAnew(world);
    await resumed(world);
    await seenAnew(world);
    expect(await keeps(world)).toEqual([]);
    time.pass(1);
    await expect.poll(async () => (await keeps(world)).length).toBe(1);
  });

  test("does not happen because a clock jumped ahead", async () => {
    const time = new Time();
    const { world } = await restoredWorld(time);
    await resumed(world);
    await seenAnew(world);
    time.pass(2);
    time.jump(9_000);
    await seenAnew(world);
    expect(await keeps(world)).toEqual([]);
  });

  test("does not happen while the cluster does not answer, nor where only people do it", async () => {
    const time = new Time();
    const silent = await restoredWorld({ ...time, answerDeadlineMs: 100 });
    await resumed(silent.world);
    silent.world.engine.reachable = false;
    await expect.poll(async () => (await shown(silent.world)).state).toBe("unreachable");
    const people = await restoredWorld({ ...time, keepPreviousDataHours: 0 });
    await resumed(people.world);
    time.pass(1_000);
    await seenAnew(people.world);
    expect(await keeps(silent.world)).toEqual([]);
    expect(await keeps(people.world)).toEqual([]);
    silent.world.engine.reachable = true;
    await expect.poll(async () => (await shown(silent.world)).state).toBe("running");
    time.pass(1);
    await expect.poll(async () => (await keeps(silent.world)).length).toBe(1);
    expect(await keeps(people.world)).toEqual([]);
  });

  test("waits for a job that has the cluster to itself, without a refusal in the audit trail", async () => {
    const time = new Time();
    const { world } = await restoredWorld(time);
    await resumed(world);
    await seenAnew(world);
    world.engine.holdAt("draining");
    const suspend = await world.services.jobs.start(MEMORY, { kind: "suspend" }, ADMIN);
    await jobIn(world, suspend.id, "running");
    time.pass(100);
    await seenAnew(world);
    expect(await keeps(world)).toEqual([]);
    const { items } = await world.services.audit.page(50);
    expect(items.filter(({ act }) => act === "restore.keep")).toEqual([]);
    world.engine.release("draining");
    await jobIn(world, suspend.id, "succeeded");
  });
});
