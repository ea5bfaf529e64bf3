import { MemoryEngine } from "@snapdeck/cluster-memory/memory-engine";
import type { JobId } from "@snapdeck/contract/scalars";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { ClusterEvent } from "../src/services.ts";
import { openForTest, postgresForTests } from "./postgres/postgres-state.ts";
import {
  ADMIN,
  backedUp,
  jobIn,
  MEMORY,
  resumed,
  type ServicesWorld,
  servicesWorld,
  suspended,
} from "./services-world.ts";

const { server, freshDatabase } = postgresForTests();

/** So long that nothing is heard with a renewal, and nothing is taken over. */
const LEASE_MS = 3_600_000;

/** Two servers as two processes have them: each its own connections and its own watchers, over one database and one cluster. */
async function replicas() {
  const url = await freshDatabase();
  const engine = new MemoryEngine();
  const [one, other] = await Promise.all(
    ["one", "other"].map(async (owner) =>
      servicesWorld({ database: await openForTest(url), engine, owner, leaseMs: LEASE_MS }),
    ),
  );
  if (one === undefined || other === undefined) throw new Error("two were asked for");
  return { engine, one, other };
}

function changesSeen({ events }: ServicesWorld): string[] {
  return events.flatMap((event) =>
    event.type === "job" ? [`${event.seq} ${event.job.work.kind} ${event.job.state.name}`] : [],
  );
}

function progressSeen({ events }: ServicesWorld, jobId: JobId): ClusterEvent[] {
  return events.filter((event) => event.type === "progress" && event.jobId === jobId);
}

/** A backup that copies and goes no further, and which of the two drives it. */
async function heldBackup({ engine, one, other }: Awaited<ReturnType<typeof replicas>>) {
  engine.holdAt("copying");
  const { id } = await one.services.backups.start(MEMORY, ADMIN);
  await expect.poll(() => engine.snapshots.size).toBe(1);
  await jobIn(other, id, "running");
  const owners = await one.database.db.selectFrom("job_leases").select("owner").where("job_id", "=", id).execute();
  const [driving, watching] = owners[0]?.owner === "one" ? [one, other] : [other, one];
  return { jobId: id, driving, watching };
}

describe("two servers on one PostgreSQL", () => {
  test("tell their watchers of the same changes in the same order, whoever made them", async () => {
    const { one, other } = await replicas();
    for (const world of [one, other, one]) {
      await backedUp(world);
      await suspended(world);
      await resumed(world);
    }
    const newest = (await one.services.jobs.activity(MEMORY)).seq;
    for (const world of [one, other]) await expect.poll(() => changesSeen(world).at(-1)).toContain(`${newest} `);
    expect(changesSeen(one).map((each) => Number(each.split(" ")[0]))).toEqual(
      Array.from({ length: newest }, (_, n) => n + 1),
    );
    expect(changesSeen(other)).toEqual(changesSeen(one));
  });

  test("share the lock: what one does is refused by the other, with the job that stands in the way", async () => {
    const worlds = await replicas();
    const { jobId } = await heldBackup(worlds);
    for (const { services } of [worlds.one, worlds.other]) {
      await expect(services.jobs.start(MEMORY, { kind: "suspend" }, ADMIN)).rejects.toMatchObject({
        code: "cluster-busy",
        jobId,
      });
      await expect(services.backups.start(MEMORY, ADMIN)).rejects.toMatchObject({ code: "cluster-busy", jobId });
    }
    worlds.engine.release("copying");
    await jobIn(worlds.other, jobId, "succeeded");
  });

  test("drive each job once", async () => {
    const { one, other } = await replicas();
    const tokens: number[] = [];
    for (const { cluster } of [one, other]) {
      const backUp = cluster.systemBackups.backUp.bind(cluster.systemBackups);
      cluster.systemBackups.backUp = (order, signal) => {
        tokens.push(order.fencingToken);
        return backUp(order, signal);
      };
    }
    for (let n = 0; n < 6; n += 1) await backedUp(n % 2 === 0 ? one : other);
    expect(tokens).toHaveLength(6);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  });

  test("show each other's progress, and none of it after the end", async () => {
    const worlds = await replicas();
    const { jobId, watching } = await heldBackup(worlds);
    await expect.poll(() => progressSeen(watching, jobId).length).toBeGreaterThan(0);
    worlds.engine.release("copying");
    await jobIn(watching, jobId, "succeeded");
    await expect.poll(() => changesSeen(watching).at(-1)).toContain("succeeded");
    const end = watching.events.findIndex((event) => event.type === "job" && event.job.state.name === "succeeded");
    expect(watching.events.findLastIndex((event) => event.type === "progress" && event.jobId === jobId)).toBeLessThan(
      end,
    );
  });

  test("pass a cancel on to the one that drives, without waiting for its next renewal", async () => {
    const worlds = await replicas();
    const { jobId, watching } = await heldBackup(worlds);
    await watching.services.jobs.cancel(MEMORY, jobId, ADMIN);
    expect((await jobIn(watching, jobId, "canceled")).state).toMatchObject({ canceledBy: "ada" });
    expect(worlds.engine.snapshots.size).toBe(0);
  });

  test("list a backup on both as soon as one has made or deleted it", async () => {
    const { one, other } = await replicas();
    const listed = async ({ services }: ServicesWorld) =>
      (await services.backups.page(MEMORY, { sort: "newest", limit: 5 })).items.map(({ id }) => id);
    const lists = ({ events }: ServicesWorld) => events.filter((event) => event.type === "backups").length;
    const backupId = await backedUp(one);
    await expect.poll(() => lists(other)).toBeGreaterThan(0);
    expect(await listed(other)).toEqual([backupId]);
    const before = lists(one);
    const { id } = await other.services.jobs.start(MEMORY, { kind: "delete-backup", backupId }, ADMIN);
    await jobIn(one, id, "succeeded");
    await expect.poll(() => lists(one)).toBeGreaterThan(before);
    expect(await listed(one)).toEqual([]);
  });

  test("show the state of the cluster that the other one changed", async () => {
    const { one, other } = await replicas();
    const shown = async ({ services }: ServicesWorld) => (await services.clusters.view(MEMORY, "viewer")).state;
    await suspended(one);
    await expect.poll(() => shown(other)).toBe("suspended");
    await resumed(other);
    await expect.poll(() => shown(one)).toBe("running");
  });

  test("go on with each other's jobs at once where one of them stops in order", async () => {
    const worlds = await replicas();
    const { jobId, driving, watching } = await heldBackup(worlds);
    await driving.stop();
    worlds.engine.release("copying");
    await jobIn(watching, jobId, "succeeded");
  });

  test.each([
    { clock: "ahead", hours: 2 },
    { clock: "behind", hours: -2 },
  ])("leave each other's jobs alone where the clock of one is two hours $clock", async ({ hours }) => {
    const url = await freshDatabase();
    const engine = new MemoryEngine();
    const world = async (owner: string, aheadMs: number) =>
      servicesWorld({
        database: await openForTest(url),
        engine,
        owner,
        leaseMs: 600,
        clock: () => new Date(Date.now() + aheadMs).toISOString(),
      });
    const [one, other] = [await world("one", 0), await world("other", hours * 3_600_000)];
    const held = await heldBackup({ engine, one, other });
    const lease = async () => {
      const { rows } = await sql<{ owner: string; expires_at: string }>`select * from job_leases`.execute(
        one.database.db,
      );
      return rows[0];
    };
    const first = await lease();
    const renewals = new Set<string | undefined>();
    await expect.poll(async () => renewals.add((await lease())?.expires_at).size, { timeout: 20_000 }).toBe(6);
    const last = await lease();
    expect(last?.owner).toBe(first?.owner);
    // So that it runs out as soon as its holder dies, whatever that one's clock said.
    expect(Math.abs(Date.parse(last?.expires_at ?? "") - Date.now())).toBeLessThan(60_000);
    engine.release("copying");
    await jobIn(held.watching, held.jobId, "succeeded");
  });

  test("drive their jobs on while PostgreSQL is killed and started again", async () => {
    const worlds = await replicas();
    const { jobId, watching } = await heldBackup(worlds);
    await server().crash();
    await expect(watching.services.jobs.get(MEMORY, jobId)).rejects.toMatchObject({ code: "state-unavailable" });
    worlds.engine.release("copying");
    await server().start();
    const done = await jobIn(watching, jobId, "succeeded");
    for (const world of [worlds.one, worlds.other]) {
      await expect.poll(() => changesSeen(world), { timeout: 10_000 }).toContain(`${done.seq} backup succeeded`);
      const seqs = changesSeen(world).map((each) => Number(each.split(" ")[0]));
      expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    }
  });
});
