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

  test("at level L3 is refused at once while another backup is tried out, and not after that was read", async () => {
    const world = await servicesWorld();
    const [tried, other] = [await backedUp(world), await backedUp(world)];
    world.engine.holdAt("reading");
    const start = (backupId: typeof tried, level: "L2" | "L3") =>
      world.services.jobs.start(MEMORY, { kind: "verify-backup", backupId, level }, OPERATOR);
    const { id } = await start(tried, "L3");
    for (const backupId of [tried, other]) {
      await expect(start(backupId, "L3")).rejects.toMatchObject({ code: "cluster-busy", jobId: id });
    }
    const beside = await start(other, "L2");
    world.engine.release("reading");
    await jobIn(world, beside.id, "succeeded");
    await jobIn(world, id, "succeeded");
    expect((await verified(world, other, "L3")).state.name).toBe("succeeded");
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
