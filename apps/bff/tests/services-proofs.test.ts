import { describe, expect, test, vi } from "vitest";
import { StoreReader } from "../src/backups/store-reader.ts";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  plannedRestore,
  type ServicesWorld,
  servicesWorld,
  suspended,
  VIEWER,
  verified,
} from "./services-world.ts";

/** A backup that an L2 proof found to be other than its manifest says. */
async function suspectBackup(world: ServicesWorld) {
  const backupId = await backedUp(world);
  world.engine.damage(backupId);
  expect((await verified(world, backupId)).state.name).toBe("failed");
  return backupId;
}

/** Every verification the server was asked for or started, oldest first. */
async function verifications({ services }: ServicesWorld) {
  const { items } = await services.jobs.page(MEMORY, { limit: 50 });
  return items.filter(({ work }) => work.kind === "verify-backup").reverse();
}

describe("I7: a verification", () => {
  test("that passed shows its level and its age in the list, and tells watchers of the list", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    expect((await world.services.backups.get(MEMORY, backupId)).proof.level).toBe("L1");
    world.events.length = 0;
    const job = await verified(world, backupId, "L3");
    expect(job.state).toMatchObject({ name: "succeeded", evidence: { kind: "verify-backup", level: "L3", rows: 3 } });
    const backup = await world.services.backups.get(MEMORY, backupId);
    expect(backup.proof.level).toBe("L3");
    expect(backup.proofs.map(({ level }) => level)).toEqual(["L1", "L3"]);
    expect(world.events.some(({ type }) => type === "backups")).toBe(true);
  });

  test("that found faults fails, and the backup is listed as suspect with the files", async () => {
    const world = await servicesWorld();
    const backupId = await suspectBackup(world);
    const backup = await world.services.backups.get(MEMORY, backupId);
    expect(backup.suspect).toMatchObject({
      level: "L2",
      faultsTotal: 1,
      faults: [{ subject: "rows", fault: "bytes" }],
    });
    const [entry] = (await world.services.jobs.activity(MEMORY)).items;
    expect(entry?.state).toMatchObject({ problem: { code: "proof-failed" } });
    if (entry !== undefined) await world.services.jobs.cancel(MEMORY, entry.id, OPERATOR);
    expect((await world.services.jobs.activity(MEMORY)).items).toEqual([]);
  });

  test("of a backup that is not there, or by a viewer, is refused", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const work = { kind: "verify-backup", backupId, level: "L2" } as const;
    await expect(world.services.jobs.start(MEMORY, work, VIEWER)).rejects.toMatchObject({ code: "role-needed" });
    world.engine.snapshots.clear();
    // The list is a copy of the store: what went from there is found out by the job, and unlisted then.
    const ended = await verified(world, backupId);
    expect(ended.state).toMatchObject({ problem: { code: "backup-not-found" } });
    await expect(world.services.jobs.start(MEMORY, work, OPERATOR)).rejects.toMatchObject({ code: "backup-not-found" });
  });

  test("at level L3 needs room for a second copy of the data, and says how much", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    world.engine.freeBytes = 10;
    const work = { kind: "verify-backup", backupId, level: "L3" } as const;
    await expect(world.services.jobs.start(MEMORY, work, OPERATOR)).rejects.toMatchObject({
      code: "disk-full",
      detail: expect.stringContaining("10 B free"),
    });
    expect((await verified(world, backupId, "L2")).state.name).toBe("succeeded");
  });

  test("I9: holds its backup: it cannot be deleted meanwhile, and everything else goes on beside it", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    world.engine.holdAt("reading");
    const job = await world.services.jobs.start(MEMORY, { kind: "verify-backup", backupId, level: "L2" }, OPERATOR);
    expect((await world.services.backups.get(MEMORY, backupId)).inUseBy).toBe(job.id);
    await expect(world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN)).rejects.toMatchObject({
      code: "backup-in-use",
      detail: expect.stringContaining("the backup is being verified"),
      jobId: job.id,
    });
    await backedUp(world);
    await suspended(world);
    world.engine.release("reading");
    await jobIn(world, job.id, "succeeded");
    await world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN);
  });

  test("whose server died is begun again by the next one", async () => {
    const first = await servicesWorld();
    const backupId = await backedUp(first);
    first.engine.holdAt("reading");
    const job = await first.services.jobs.start(MEMORY, { kind: "verify-backup", backupId, level: "L2" }, OPERATOR);
    await jobIn(first, job.id, "running");
    await first.stop();
    const { database, engine } = first;
    const second = await servicesWorld({ database, engine, owner: "bff-2" });
    engine.release("reading");
    await jobIn(second, job.id, "succeeded");
  });

  test("whose last answer was lost is not said to have failed", async () => {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const verify = systemBackups.verify.bind(systemBackups);
        systemBackups.verify = async function* (order, signal) {
          for await (const report of verify(order, signal)) {
            if (report.type === "confirmed" && !order.takeUp) throw new Error("the answer was lost");
            yield report;
          }
        };
      },
    });
    expect((await verified(world, await backedUp(world))).state.name).toBe("succeeded");
  });
});

describe("a suspect backup", () => {
  test("is planned with a warning, and not restored without a reason", async () => {
    const world = await servicesWorld();
    const backupId = await suspectBackup(world);
    await suspended(world);
    const plan = await world.services.backups.planRestore(MEMORY, backupId, ADMIN);
    expect(plan.warnings[0]).toContain("L2 found 1 fault: rows");
    const order = { planId: plan.id, clusterName: "memory" };
    await expect(world.services.backups.startRestore(MEMORY, order, ADMIN)).rejects.toMatchObject({
      code: "backup-suspect",
      detail: expect.stringContaining("L2 found 1 fault: rows (its checksum is not the one in the manifest)"),
    });
    expect(world.engine.restoredBy.size).toBe(0);
  });

  test("is restored for a reason that an admin typed, and the audit trail holds it", async () => {
    const world = await servicesWorld();
    const backupId = await suspectBackup(world);
    await suspended(world);
    const order = { ...(await plannedRestore(world, backupId)), suspectReason: "it is the only one left" };
    const job = await world.services.backups.startRestore(MEMORY, order, ADMIN);
    await jobIn(world, job.id, "succeeded");
    expect((await world.services.jobs.get(MEMORY, job.id)).work).toEqual({
      kind: "restore",
      backupId,
      suspectReason: "it is the only one left",
    });
    const { items } = await world.services.audit.page(20);
    expect(items.find(({ act, target }) => act === "restore.start" && target.includes(job.id))).toMatchObject({
      actor: "ada",
      result: "accepted although the backup is suspect: it is the only one left",
    });
  });

  test("that a proof of the same level finds right again is restored without a reason", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const data = [...(world.engine.snapshots.get(backupId)?.data.get("shop")?.get("orders") ?? [])];
    world.engine.damage(backupId);
    await verified(world, backupId);
    world.engine.snapshots.get(backupId)?.data.get("shop")?.set("orders", data);
    expect((await verified(world, backupId)).state.name).toBe("succeeded");
    await suspended(world);
    const job = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
    await jobIn(world, job.id, "succeeded");
  });

  test("becomes so by a restore that reads what nobody had looked at, and is not swapped in", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    world.engine.damage(backupId);
    await suspended(world);
    const job = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
    expect((await jobIn(world, job.id, "failed")).state).toMatchObject({ problem: { code: "backup-suspect" } });
    expect((await world.services.backups.get(MEMORY, backupId)).suspect).toMatchObject({ level: "L2" });
    expect(world.engine.restoredBy.size).toBe(0);
  });

  test("a reason for a backup that nothing speaks against is not kept", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    await suspended(world);
    const order = { ...(await plannedRestore(world, backupId)), suspectReason: "just to be on the safe side" };
    const job = await world.services.backups.startRestore(MEMORY, order, ADMIN);
    expect(job.work).toEqual({ kind: "restore", backupId });
    await jobIn(world, job.id, "succeeded");
  });
});

describe("the proof after each backup", () => {
  test("reads every byte back by itself, as Snapdeck, and is audited so", async () => {
    const world = await servicesWorld({ verifyAfterBackup: true });
    const backupId = await backedUp(world);
    await expect.poll(async () => (await world.services.backups.get(MEMORY, backupId)).proof.level).toBe("L2");
    const [job] = await verifications(world);
    expect(job).toMatchObject({ requestedBy: "system", work: { backupId, level: "L2" } });
    const { items } = await world.services.audit.page(20);
    expect(items.find(({ act }) => act === "backup.verify")).toMatchObject({ actor: "system", origin: "system" });
  });

  test("is made up for by the next server, one backup at a time, the oldest first", async () => {
    const first = await servicesWorld();
    const ids = [await backedUp(first), await backedUp(first), await backedUp(first)];
    await first.stop();
    const { database, engine } = first;
    engine.holdAt("reading");
    const second = await servicesWorld({ database, engine, owner: "bff-2", verifyAfterBackup: true });
    await expect.poll(async () => (await verifications(second)).length).toBe(1);
    await backedUp(second);
    expect(await verifications(second)).toHaveLength(1);
    engine.release("reading");
    await expect.poll(async () => (await verifications(second)).length, { timeout: 5_000 }).toBe(4);
    const verifiedIds = (await verifications(second)).map(({ work }) => ("backupId" in work ? work.backupId : ""));
    expect(verifiedIds.slice(0, 3)).toEqual(ids);
  });

  test("is started once, however many servers look", async () => {
    const first = await servicesWorld({ owner: "one", verifyAfterBackup: true });
    const { database, engine } = first;
    const second = await servicesWorld({ owner: "two", database, engine, verifyAfterBackup: true });
    for (const world of [first, second]) {
      const backupId = await backedUp(world);
      await expect.poll(async () => (await world.services.backups.get(MEMORY, backupId)).proof.level).toBe("L2");
    }
    expect(await verifications(first)).toHaveLength(2);
  });

  test("that failed is not tried again and again, and a second server does not either", async () => {
    const world = await servicesWorld({
      verifyAfterBackup: true,
      prepare: ({ systemBackups }) => {
        systemBackups.verify = () => {
          throw new Error("it always fails");
        };
      },
    });
    await backedUp(world);
    await expect
      .poll(async () => (await verifications(world)).map(({ state }) => state.name), { timeout: 5_000 })
      .toEqual(["failed"]);
    const { database, engine } = world;
    const second = await servicesWorld({ owner: "two", database, engine, verifyAfterBackup: true });
    const next = await backedUp(second);
    await expect.poll(async () => (await second.services.backups.get(MEMORY, next)).proof.level).toBe("L2");
    expect((await verifications(world)).map(({ state }) => state.name)).toEqual(["failed", "succeeded"]);
  });

  test("leaves backups alone that are older than a day, and can be switched off", async () => {
    let skewMs = -25 * 3_600_000;
    const clock = () => new Date(Date.now() + skewMs).toISOString();
    const first = await servicesWorld({ clock });
    const old = await backedUp(first);
    await first.stop();
    skewMs = 0;
    const { database, engine } = first;
    const second = await servicesWorld({ database, engine, clock, owner: "bff-2", verifyAfterBackup: true });
    const young = await backedUp(second);
    await expect.poll(async () => (await second.services.backups.get(MEMORY, young)).proof.level).toBe("L2");
    expect((await second.services.backups.get(MEMORY, old)).proof.level).toBe("L1");
  });
});

describe("a store that hangs", () => {
  test("is said to be unavailable after a while, and is not asked more and more", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    let asked = 0;
    let answer: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const read = world.cluster.systemBackups.read.bind(world.cluster.systemBackups);
    world.cluster.systemBackups.read = async (id) => {
      asked += 1;
      await hanging;
      return read(id);
    };
    const reader = new StoreReader({ readMs: 20, listMs: 20 });
    for (let n = 0; n < 5; n += 1) {
      await expect(reader.read(world.cluster, backupId)).rejects.toMatchObject({ code: "store-unavailable" });
    }
    expect(asked).toBe(2);
    answer();
    await vi.waitFor(async () => expect((await reader.read(world.cluster, backupId)).proofs).toEqual([]));
  });
});
