import { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  plannedRestore,
  restored,
  resumed,
  rowsOf,
  type ServicesWorld,
  servicesWorld,
  suspended,
  VIEWER,
  writeRow,
} from "./services-world.ts";

async function heldBackup(world: ServicesWorld) {
  world.engine.holdAt("copying");
  const job = await world.services.backups.start(MEMORY, OPERATOR);
  await expect.poll(() => world.engine.snapshots.size).toBe(1);
  return job;
}

describe("Cancel", () => {
  test("on a running backup ends in canceled with nothing left behind", async () => {
    const world = await servicesWorld();
    const job = await heldBackup(world);
    const asked = await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    expect(asked.state).toMatchObject({ name: "canceling", cancelRequestedBy: "olli" });
    const ended = await jobIn(world, job.id, "canceled");
    expect(ended.state).toMatchObject({ canceledBy: "olli" });
    expect(world.engine.snapshots.size).toBe(0);
    expect(await world.services.jobs.activity(MEMORY)).toMatchObject({ items: [] });
    await expect(world.services.jobs.cancel(MEMORY, job.id, OPERATOR)).rejects.toMatchObject({ code: "job-finished" });
  });

  test("on a restore leaves the data as it was, and the cluster suspended", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    writeRow(world.engine, "newer");
    await suspended(world);
    world.engine.holdAt("restoring");
    const job = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
    await expect.poll(() => world.engine.state).toBe("restoring");
    await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    await jobIn(world, job.id, "canceled");
    expect(rowsOf(world.engine)?.at(-1)).toBe("newer");
    await resumed(world);
  });

  test("that comes too late ends in succeeded, because the work was done", async () => {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const backUp = systemBackups.backUp.bind(systemBackups);
        systemBackups.backUp = (order, _deaf) => backUp(order, new AbortController().signal);
      },
    });
    const job = await heldBackup(world);
    await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    world.engine.release("copying");
    expect((await jobIn(world, job.id, "succeeded")).state).toMatchObject({ evidence: { kind: "backup" } });
  });

  test("during work that then fails ends in canceled all the same, and the engine is asked before that is said", async () => {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const backUp = systemBackups.backUp.bind(systemBackups);
        systemBackups.backUp = async function* (order, signal) {
          for await (const report of backUp(order, signal)) {
            if (report.type === "stopped") throw new SnapdeckError("engine-failed", "it broke while it stopped");
            yield report;
          }
        };
      },
    });
    const job = await heldBackup(world);
    await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    await jobIn(world, job.id, "canceled");
    expect(world.engine.snapshots.size).toBe(0);
  });

  test("is each user's who may, and of jobs that are there", async () => {
    const world = await servicesWorld();
    const job = await heldBackup(world);
    await expect(world.services.jobs.cancel(MEMORY, job.id, VIEWER)).rejects.toMatchObject({ code: "role-needed" });
    const nobody = JobId.parse("6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11");
    await expect(world.services.jobs.cancel(MEMORY, nobody, ADMIN)).rejects.toMatchObject({ code: "job-not-found" });
    world.engine.release("copying");
    await jobIn(world, job.id, "succeeded");
  });
});

describe("a failed job", () => {
  async function failingWorld() {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const backUp = systemBackups.backUp.bind(systemBackups);
        systemBackups.backUp = async function* (order, signal) {
          for await (const report of backUp(order, signal)) {
            if (report.type === "phase" && report.phase === "proving")
              throw new SnapdeckError("proof-failed", "3 files are short; the backup is not listed");
            yield report;
          }
        };
      },
    });
    return world;
  }

  test("says why, leaves nothing on the store, is never listed, and goes from Activity with Cancel", async () => {
    const world = await failingWorld();
    const job = await world.services.backups.start(MEMORY, OPERATOR);
    const failed = await jobIn(world, job.id, "failed");
    expect(failed.state).toMatchObject({
      phase: "copying",
      problem: { code: "proof-failed", detail: "3 files are short; the backup is not listed" },
    });
    expect(world.engine.snapshots.size).toBe(0);
    expect(await world.services.backups.page(MEMORY, { sort: "newest", limit: 10 })).toMatchObject({ total: 0 });
    expect((await world.services.clusters.view(MEMORY, "admin")).jobsFailed).toBe(1);
    const cleared = await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    expect(cleared.dismissedAt).toBeDefined();
    expect(await world.services.jobs.activity(MEMORY)).toMatchObject({ items: [] });
    expect(await world.services.jobs.cancel(MEMORY, job.id, OPERATOR)).toEqual(cleared);
  });

  test("whose leftovers cannot be removed stays until they can", async () => {
    const world = await failingWorld();
    const discard = world.cluster.systemBackups.discardBackup.bind(world.cluster.systemBackups);
    world.cluster.systemBackups.discardBackup = async () => {
      throw new SnapdeckError("store-unavailable", "the store did not answer");
    };
    const job = await world.services.backups.start(MEMORY, OPERATOR);
    expect((await jobIn(world, job.id, "failed")).state).toMatchObject({
      problem: { hint: expect.stringContaining("Cancel") },
    });
    await expect(world.services.jobs.cancel(MEMORY, job.id, OPERATOR)).rejects.toMatchObject({
      code: "store-unavailable",
    });
    expect((await world.services.jobs.activity(MEMORY)).items).toHaveLength(1);
    world.cluster.systemBackups.discardBackup = discard;
    await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    expect(world.engine.snapshots.size).toBe(0);
  });

  test("that deleted a backup in part has the rest removed by Cancel, and the backup is listed no more", async () => {
    const world = await servicesWorld();
    const { systemBackups } = world.cluster;
    const backupId = await backedUp(world);
    const discarded: string[] = [];
    systemBackups.discardBackup = async (id) => {
      discarded.push(id);
      if (discarded.length === 1) throw new SnapdeckError("store-unavailable", "the store did not answer");
    };
    // biome-ignore lint/correctness/useYield: it fails before it reports anything
    systemBackups.remove = async function* () {
      world.engine.snapshots.delete(backupId);
      throw new SnapdeckError("store-unavailable", "files are left, though it is not listed any more");
    };
    const job = await world.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN);
    expect((await jobIn(world, job.id, "failed")).state).toMatchObject({
      problem: { hint: expect.stringContaining("Cancel") },
    });
    expect(await world.services.backups.page(MEMORY, { sort: "newest", limit: 10 })).toMatchObject({ total: 0 });
    await world.services.jobs.cancel(MEMORY, job.id, ADMIN);
    expect(discarded).toEqual([backupId, backupId]);
  });

  test("whose backup is listed all the same did not fail: the lost answer is asked for again", async () => {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const backUp = systemBackups.backUp.bind(systemBackups);
        systemBackups.backUp = async function* (order, signal) {
          for await (const report of backUp(order, signal)) {
            if (report.type === "confirmed" && !order.takeUp)
              throw new SnapdeckError("store-unavailable", "the answer was lost");
            yield report;
          }
        };
      },
    });
    await backedUp(world);
  });

  test("tells nothing of an error that nobody foresaw", async () => {
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        // biome-ignore lint/correctness/useYield: it fails before it reports anything
        systemBackups.backUp = async function* () {
          throw new Error("password=hunter2");
        };
      },
    });
    const job = await world.services.backups.start(MEMORY, OPERATOR);
    const failed = await jobIn(world, job.id, "failed");
    expect(failed.state).toMatchObject({ problem: { code: "internal" } });
    expect(JSON.stringify(failed)).not.toContain("hunter2");
  });
});

test("what was asked and how it ended is in the audit trail, and the chain holds", async () => {
  const world = await servicesWorld();
  const job = await heldBackup(world);
  await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
  await jobIn(world, job.id, "canceled");
  const { items } = await world.services.audit.page(10);
  expect(items.map(({ actor, act, result, origin }) => [actor, act, result, origin]).reverse()).toEqual([
    ["olli", "backup.start", "accepted", "127.0.0.1"],
    ["olli", "job.cancel", "accepted", "127.0.0.1"],
    ["olli", "job.end", "canceled by olli", "system"],
  ]);
  expect(items.every((entry) => entry.target.includes(job.id))).toBe(true);
  expect(await world.services.audit.firstBreak()).toBeUndefined();
});

test("clearing a failed restore does not shut out the restore that runs now, whatever goes on beside it", async () => {
  const world = await servicesWorld();
  const backupId = await backedUp(world);
  await suspended(world);
  world.engine.damage(backupId);
  const failing = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
  await jobIn(world, failing.id, "failed");
  await resumed(world);
  const good = await backedUp(world);
  await suspended(world);
  world.engine.holdAt("restoring");
  const running = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, good), ADMIN);
  await expect.poll(() => world.engine.state).toBe("restoring");
  // Driven under a newer token than the restore's.
  const work = { kind: "verify-backup", backupId: good, level: "L2" } as const;
  await jobIn(world, (await world.services.jobs.start(MEMORY, work, ADMIN)).id, "succeeded");
  await expect(world.services.jobs.cancel(MEMORY, failing.id, ADMIN)).rejects.toMatchObject({
    code: "cluster-busy",
    jobId: running.id,
  });
  world.engine.release("restoring");
  await jobIn(world, running.id, "succeeded");
  await world.services.jobs.cancel(MEMORY, failing.id, ADMIN);
  expect((await world.services.jobs.activity(MEMORY)).items).toEqual([]);
});

test("clearing a failed restore does not shut out a job that lets previous data go", async () => {
  const world = await servicesWorld();
  const backupId = await backedUp(world);
  const { id: restoreId } = await restored(world, backupId);
  world.engine.damage(backupId);
  const failing = await world.services.backups.startRestore(MEMORY, await plannedRestore(world, backupId), ADMIN);
  await jobIn(world, failing.id, "failed");
  world.engine.holdAt("removing");
  const keep = await world.services.jobs.start(MEMORY, { kind: "keep-restored", restoreId }, ADMIN);
  await jobIn(world, keep.id, "running");
  await expect(world.services.jobs.cancel(MEMORY, failing.id, ADMIN)).rejects.toMatchObject({
    code: "cluster-busy",
    jobId: keep.id,
  });
  world.engine.release("removing");
  await jobIn(world, keep.id, "succeeded");
  await world.services.jobs.cancel(MEMORY, failing.id, ADMIN);
  expect((await world.services.jobs.activity(MEMORY)).items).toEqual([]);
});
