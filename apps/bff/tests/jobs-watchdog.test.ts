import { randomUUID } from "node:crypto";
import type { Job } from "@snapdeck/contract/job";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import type { StateDatabase } from "../src/state/state-database.ts";
import { ADMIN, backedUp, jobIn, MEMORY, OPERATOR, type ServicesWorld, servicesWorld } from "./services-world.ts";
import { temporaryState } from "./temporary-state.ts";

/** A backup whose drivers died one after the other, each with its lease. */
async function killerJob(database: StateDatabase, deaths: number): Promise<Job> {
  const store = new KyselyJobStore(database.db);
  const longAgoMs = Date.now() - 3_600_000;
  const job = await store.create({
    id: JobId.parse(randomUUID()),
    clusterId: MEMORY,
    work: { kind: "backup", backupId: BackupId.parse("b-1") },
    requestedBy: ADMIN,
    requestedAt: new Date(longAgoMs).toISOString(),
    lock: "shared",
  });
  for (let n = 0; n < deaths; n += 1) {
    const lease = await store.claim(job.id, `driver-${n}`, new Date(longAgoMs + n * 60_000).toISOString(), 10_000);
    expect(lease?.driversDied).toBe(n);
  }
  return job;
}

/** Makes verifications hang: they say one thing, and then nothing more until `wake` is called, whatever they are told. */
function hangingVerify({ cluster }: Pick<ServicesWorld, "cluster">): { wake: () => void; wokenTo: Promise<string> } {
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let tell: (what: string) => void = () => undefined;
  const wokenTo = new Promise<string>((resolve) => {
    tell = resolve;
  });
  cluster.systemBackups.verify = async function* (order) {
    yield { type: "phase", phase: "reading" };
    await awake;
    await order.checkFence().then(
      () => tell("it may go on"),
      (error: { code?: string }) => tell(error.code ?? "another error"),
    );
    yield { type: "stopped" };
  };
  return { wake, wokenTo };
}

describe("a job that kills its driver", () => {
  test("again and again is not taken up any more after five of them, and says so", async () => {
    const database = await temporaryState();
    const job = await killerJob(database, 5);
    const world = await servicesWorld({ database });
    const ended = await jobIn(world, job.id, "failed", "succeeded");
    expect(ended.state).toMatchObject({
      name: "failed",
      problem: { code: "interrupted", detail: expect.stringContaining("died 5 times"), hint: expect.any(String) },
    });
    expect(world.engine.snapshots.size).toBe(0);
    await world.services.jobs.cancel(MEMORY, job.id, ADMIN);
    await backedUp(world);
  });

  test("less often than that is still taken up", async () => {
    const database = await temporaryState();
    const job = await killerJob(database, 4);
    const world = await servicesWorld({ database });
    await jobIn(world, job.id, "succeeded");
  });

  test("is another one than a job whose server was stopped in an orderly way many times", async () => {
    const first = await servicesWorld();
    first.engine.holdAt("copying");
    const { database, engine } = first;
    const { id } = await first.services.backups.start(MEMORY, ADMIN);
    await jobIn(first, id, "running");
    await first.stop();
    for (let n = 0; n < 6; n += 1) {
      const next = await servicesWorld({ database, engine, owner: `bff-${n}` });
      await expect
        .poll(async () =>
          (await database.db.selectFrom("job_leases").select("owner").execute()).map((row) => row.owner),
        )
        .toEqual([`bff-${n}`]);
      await next.stop();
    }
    engine.release("copying");
    const last = await servicesWorld({ database, engine, owner: "last" });
    await jobIn(last, id, "succeeded");
  });
});

describe("I25: work that gives no sign of life", () => {
  const start = (world: ServicesWorld, backupId: BackupId) =>
    world.services.jobs.start(MEMORY, { kind: "verify-backup", backupId, level: "L2" }, OPERATOR);

  test("and does not end when it is told to is given up, and changes nothing when it wakes", async () => {
    const world = await servicesWorld({ silenceMs: 100 });
    const backupId = await backedUp(world);
    const { wake, wokenTo } = hangingVerify(world);
    const job = await start(world, backupId);
    const ended = await jobIn(world, job.id, "failed");
    expect(ended.state).toMatchObject({
      phase: "reading",
      problem: { code: "no-progress", detail: expect.stringContaining("no sign of life") },
    });
    wake();
    expect(await wokenTo).toBe("no-progress");
    expect((await world.services.jobs.get(MEMORY, job.id)).seq).toBe(ended.seq);
  });

  test("and ends when it is told to fails for its silence, not as somebody's cancel", async () => {
    const world = await servicesWorld({ silenceMs: 100 });
    const backupId = await backedUp(world);
    world.engine.holdAt("reading");
    const ended = await jobIn(world, (await start(world, backupId)).id, "failed");
    expect(ended.state).toMatchObject({
      problem: { code: "no-progress", detail: expect.stringContaining("was stopped; nothing of it is left") },
    });
  });

  test.each(["progress", "moving"] as const)("is not work that goes on slowly and reports %s", async (type) => {
    const world = await servicesWorld({ silenceMs: 200 });
    const backupId = await backedUp(world);
    world.cluster.systemBackups.verify = async function* (order) {
      for (let done = 0; done <= 10; done += 1) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        const ranks = [{ rank: 0, bytesDone: done, bytesTotal: 10, filesDone: 0, filesTotal: 1 }];
        yield type === "progress" ? { type, ranks } : { type };
      }
      const provenAt = new Date().toISOString();
      const evidence = {
        kind: "verify-backup",
        backupId,
        level: order.level,
        provenAt,
        files: 1,
        sizeBytes: 10,
        rows: 0,
      };
      yield { type: "confirmed", evidence: { ...evidence, kind: "verify-backup" } };
    };
    await jobIn(world, (await start(world, backupId)).id, "succeeded");
  });

  test("leaves the driver free for other jobs, and what cannot be removed is told", async () => {
    const world = await servicesWorld({ silenceMs: 100 });
    const backupId = await backedUp(world);
    hangingVerify(world);
    world.cluster.systemBackups.discardVerification = () => new Promise(() => undefined);
    const job = await start(world, backupId);
    await backedUp(world);
    const ended = await jobIn(world, job.id, "failed");
    expect(ended.state).toMatchObject({
      problem: { code: "no-progress", hint: expect.stringContaining("Cancel on its entry") },
    });
  });
});
