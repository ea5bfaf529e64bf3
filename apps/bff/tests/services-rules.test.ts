import { PlanId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  plannedRestore,
  resumed,
  rowsOf,
  servicesWorld,
  suspended,
  VIEWER,
  writeRow,
} from "./services-world.ts";

describe("a restore", () => {
  test("is refused while the cluster runs, whoever asks, and no row changes", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const order = await plannedRestore(world, backupId);
    writeRow(world.engine, "newer");
    const before = [...(rowsOf(world.engine) ?? [])];
    await expect(world.services.backups.startRestore(MEMORY, order, ADMIN)).rejects.toMatchObject({
      code: "cluster-not-suspended",
    });
    expect(rowsOf(world.engine)).toEqual(before);
    const { items } = await world.services.audit.page(1);
    expect(items[0]).toMatchObject({ actor: "ada", act: "restore.start", result: "refused: cluster-not-suspended" });
  });

  test("is refused inside the job when the cluster runs again after the request was accepted", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    const order = await plannedRestore(world, backupId);
    const observe = world.cluster.lifecycle.observe.bind(world.cluster.lifecycle);
    let asked = 0;
    // Between the request's look and the job's, somebody outside resumes the cluster.
    world.cluster.lifecycle.observe = async () => {
      const observed = await observe();
      asked += 1;
      if (asked === 1) world.engine.state = "running";
      return observed;
    };
    const job = await world.services.backups.startRestore(MEMORY, order, ADMIN);
    const ended = await jobIn(world, job.id, "failed");
    expect(ended.state).toMatchObject({ problem: { code: "cluster-not-suspended" } });
    expect(world.engine.restoredBy.size).toBe(0);
  });

  test("raced by another: one job, and the other gets its link; suspend, resume and delete are refused meanwhile", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    world.engine.holdAt("restoring");
    const orders = await Promise.all([plannedRestore(world, backupId), plannedRestore(world, backupId)]);
    const raced = await Promise.allSettled(
      orders.map((order) => world.services.backups.startRestore(MEMORY, order, ADMIN)),
    );
    const job = raced.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))[0];
    const refusals = raced.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refusals).toMatchObject([{ code: "cluster-busy", jobId: job?.id }]);
    await expect.poll(() => world.engine.state).toBe("restoring");
    const busy = { code: "cluster-busy", jobId: job?.id };
    const third = plannedRestore(world, backupId);
    await expect(
      third.then((order) => world.services.backups.startRestore(MEMORY, order, ADMIN)),
    ).rejects.toMatchObject(busy);
    for (const kind of ["suspend", "resume"] as const) {
      await expect(world.services.jobs.start(MEMORY, { kind }, ADMIN)).rejects.toMatchObject(busy);
    }
    await expect(world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN)).rejects.toMatchObject({
      code: "backup-in-use",
      jobId: job?.id,
    });
    expect((await world.services.backups.get(MEMORY, backupId)).inUseBy).toBe(job?.id);
    world.engine.release("restoring");
    if (job !== undefined) await jobIn(world, job.id, "succeeded");
    expect((await world.services.backups.get(MEMORY, backupId)).inUseBy).toBeUndefined();
  });

  test("takes the plan that was seen: not one that is unknown, expired, or of another world", async () => {
    let skewMs = 0;
    const world = await servicesWorld({ clock: () => new Date(Date.now() + skewMs).toISOString() });
    const backupId = await backedUp(world);
    await suspended(world);
    const start = (order: { planId: PlanId; clusterName: string }) =>
      world.services.backups.startRestore(MEMORY, order, ADMIN);
    const unknown = { planId: PlanId.parse("6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11"), clusterName: "memory" };
    await expect(start(unknown)).rejects.toMatchObject({ code: "plan-stale" });

    const expired = await plannedRestore(world, backupId);
    skewMs = 10 * 60 * 1_000 + 1;
    await expect(start(expired)).rejects.toMatchObject({ code: "plan-stale" });

    const ranSince = await plannedRestore(world, backupId);
    await resumed(world);
    await suspended(world);
    await expect(start(ranSince)).rejects.toMatchObject({ code: "plan-stale" });

    const deleted = await plannedRestore(world, backupId);
    world.engine.snapshots.clear();
    await expect(start(deleted)).rejects.toMatchObject({ code: "plan-stale" });
    expect(world.engine.restoredBy.size).toBe(0);
  });

  test("carries a plan out once, also where nobody knows what the cluster held", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    await world.database.db.deleteFrom("inventories").execute();
    const order = await plannedRestore(world, backupId);
    const job = await world.services.backups.startRestore(MEMORY, order, ADMIN);
    await jobIn(world, job.id, "succeeded");
    await expect(world.services.backups.startRestore(MEMORY, order, ADMIN)).rejects.toMatchObject({
      code: "plan-stale",
    });
  });

  test("asks for the cluster's name, for room, and for an admin", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    const order = await plannedRestore(world, backupId);
    const start = (change: Partial<typeof order>, actor = ADMIN) =>
      world.services.backups.startRestore(MEMORY, { ...order, ...change }, actor);
    await expect(start({ clusterName: "Memory" })).rejects.toMatchObject({ code: "name-mismatch" });
    await expect(start({}, OPERATOR)).rejects.toMatchObject({ code: "role-needed" });
    world.engine.freeBytes = 10;
    await expect(start({})).rejects.toMatchObject({ code: "disk-full" });
    expect((await world.services.jobs.activity(MEMORY)).items).toEqual([]);
  });

  test("asked for again with the same key is the same restore", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    world.engine.holdAt("restoring");
    const order = await plannedRestore(world, backupId);
    const first = await world.services.backups.startRestore(MEMORY, order, ADMIN, "key-1");
    await expect.poll(() => world.engine.state).toBe("restoring");
    const second = await world.services.backups.startRestore(MEMORY, order, ADMIN, "key-1");
    expect(second.id).toBe(first.id);
    world.engine.release("restoring");
    await jobIn(world, first.id, "succeeded");
  });

  test("asked for with the same key and another plan is another request, and refused", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    const orders = [await plannedRestore(world, backupId), await plannedRestore(world, backupId)] as const;
    const first = await world.services.backups.startRestore(MEMORY, orders[0], ADMIN, "key-1");
    await jobIn(world, first.id, "succeeded");
    await expect(world.services.backups.startRestore(MEMORY, orders[1], ADMIN, "key-1")).rejects.toMatchObject({
      code: "idempotency-conflict",
    });
    expect(world.engine.restoredBy.size).toBe(1);
  });
});

describe("Backup Now", () => {
  test("is refused with the numbers when the store has too little room", async () => {
    const world = await servicesWorld();
    world.engine.freeBytes = 1_000_000;
    await expect(world.services.backups.start(MEMORY, OPERATOR)).rejects.toMatchObject({
      code: "disk-full",
      detail: expect.stringMatching(/64\.0 MiB .* 976\.6 KiB free; nothing was written/),
    });
    expect(world.engine.snapshots.size).toBe(0);
  });

  test("is refused on a suspended cluster and to a viewer, and a double click makes one backup", async () => {
    const world = await servicesWorld();
    await expect(world.services.backups.start(MEMORY, VIEWER)).rejects.toMatchObject({ code: "role-needed" });
    world.engine.holdAt("copying");
    const first = await world.services.backups.start(MEMORY, OPERATOR, "click");
    expect((await world.services.backups.start(MEMORY, OPERATOR, "click")).id).toBe(first.id);
    await expect(world.services.backups.start(MEMORY, OPERATOR)).rejects.toMatchObject({
      code: "cluster-busy",
      jobId: first.id,
    });
    world.engine.release("copying");
    await jobIn(world, first.id, "succeeded");
    await suspended(world);
    await expect(world.services.backups.start(MEMORY, OPERATOR)).rejects.toMatchObject({ code: "cluster-not-running" });
  });
});

describe("a deletion", () => {
  test("of a backup that is not there is refused, and one that is there goes from the list", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await expect(
      world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, OPERATOR),
    ).rejects.toMatchObject({ code: "role-needed" });
    const job = await world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN);
    await jobIn(world, job.id, "succeeded");
    expect(await world.services.backups.page(MEMORY, { sort: "newest", limit: 50 })).toMatchObject({
      items: [],
      total: 0,
    });
    await expect(world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN)).rejects.toMatchObject({
      code: "backup-not-found",
    });
  });
});
