import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { jobIn, MEMORY, OPERATOR, suspended, VIEWER } from "./services-world.ts";
import { refusal, type SqlWorld, sqlWorld } from "./sql-world.ts";

const CREATE = "CREATE BACKUP b DATA SINK = s OBJECTS (TABLE = shop.orders)";
const RESTORE = "RESTORE BACKUP b DATA SOURCE = s OBJECTS (TABLE = shop.orders)";

/** A job of that statement that has failed. */
async function failedJob(world: SqlWorld, sql: string) {
  let fail = (_: SnapdeckError) => undefined as unknown;
  world.backups.ends.push(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const [begun] = (await world.run(sql)).results;
  if (begun?.kind !== "job") throw new Error("no job");
  await jobIn(world, begun.job.id, "running");
  fail(new SnapdeckError("disk-full", "the store is full"));
  await jobIn(world, begun.job.id, "failed");
  return begun.job;
}

describe("The store of a statement", () => {
  test("is closed when the statement has ended, however it does", async () => {
    const world = await sqlWorld();
    world.store.add("b", [1000, 2000]);
    for (const sql of [
      "SHOW BACKUP * DATA SOURCE = s",
      "DESCRIBE BACKUP b DATA SOURCE = s",
      `${RESTORE} WITH OPTIONS (DRY_RUN = true)`,
      "DROP BACKUP none DATA SINK = s WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true)",
    ]) {
      await world.run(sql);
      expect(world.store.opened, sql).toBe(0);
    }
    for (const sql of [
      "BACKUP b DATA SINK = s",
      RESTORE,
      "VERIFY BACKUP b DATA SOURCE = s",
      "DROP BACKUP b DATA SINK = s",
    ])
      await world.ended(await world.run(sql));
    await failedJob(world, "BACKUP b DATA SINK = s");
    for (const sql of [CREATE, "SHOW BACKUP missing DATA SOURCE = s"]) await refusal(world.run(sql));
    expect(world.store.opened).toBe(0);
  });

  test("is listed once to see what a DROP would remove", async () => {
    const world = await sqlWorld();
    for (const name of ["a1", "a2"]) world.store.add(name);
    const options = "WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true, DELETE_ALL_BACKUPS = true)";
    const none = await world.run(`DROP BACKUP "zz*" DATA SINK = s ${options}`);
    expect(none.results).toMatchObject([{ kind: "done", warning: expect.stringContaining("zz*") }]);
    expect(world.store.lists).toBe(1);
    await world.run(`DROP BACKUP "a*" DATA SINK = s ${options.replace(")", ", DRY_RUN = true)")}`);
    expect(world.store.lists).toBe(2);
    await world.ended(await world.run(`DROP BACKUP "a*" DATA SINK = s ${options}`));
    // The job looks again, under its lock.
    expect(world.store.lists).toBe(4);
  });

  test("that lost every trace of what was taken there is taken for one that is not mounted", async () => {
    const world = await sqlWorld();
    const there = "VERIFY BACKUP b DATA SOURCE = s";
    world.store.isAway = true;
    expect((await refusal(world.run(there))).code).toBe("backup-not-found");
    await world.ended(await world.run(CREATE));
    for (const sql of [
      there,
      "SHOW BACKUP * DATA SOURCE = s",
      CREATE.replace("BACKUP b", "BACKUP c"),
      "BACKUP b DATA SINK = s",
      "DROP BACKUP b DATA SINK = s WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true)",
      `${RESTORE} WITH OPTIONS (DRY_RUN = true)`,
    ]) {
      const { code, detail, hint } = await refusal(world.run(sql));
      expect([sql, code]).toEqual([sql, "store-unavailable"]);
      expect(detail).toContain("backup b was taken there and not dropped since");
      expect(hint).toContain("Mount it again");
    }
    expect(world.store.opened).toBe(0);
    world.store.isAway = false;
    world.store.add("b");
    await world.ended(await world.run("DROP BACKUP b DATA SINK = s"));
    world.store.isAway = true;
    expect((await world.run("SHOW BACKUP * DATA SOURCE = s")).results).toMatchObject([{ kind: "rows", rows: [] }]);
  });

  test("keeps the entry of a failed job while it is away: what that left may stand there", async () => {
    const world = await sqlWorld();
    await world.ended(await world.run(CREATE));
    world.store.add("b");
    world.backups.onWork = () => {
      world.store.isAway = true;
    };
    const job = await failedJob(world, "BACKUP b DATA SINK = s");
    const cleared = world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    await expect(cleared).rejects.toMatchObject({ code: "store-unavailable" });
    world.store.isAway = false;
    expect((await world.services.jobs.cancel(MEMORY, job.id, OPERATOR)).dismissedAt).toBeDefined();
  });
});

describe("A restore", () => {
  test("that would hit what exists is refused at once, and begins no job", async () => {
    const world = await sqlWorld();
    world.store.add("b");
    world.backups.onRestore = () => {
      throw new SnapdeckError("restore-conflict", "shop.orders is there already");
    };
    expect((await refusal(world.run(RESTORE))).code).toBe("restore-conflict");
    expect(world.backups.asked).toEqual([]);
    expect((await world.services.jobs.page(MEMORY, { limit: 10 })).items).toEqual([]);
  });

  test("that failed is cleared away in the ranks alone, also when its source is gone", async () => {
    const world = await sqlWorld();
    world.store.add("b");
    const job = await failedJob(world, RESTORE);
    await world.run("DROP DATA SOURCE s");
    expect((await world.services.jobs.cancel(MEMORY, job.id, OPERATOR)).dismissedAt).toBeDefined();
    expect(world.backups.discarded).toEqual([
      { jobId: job.id, deed: "restore" },
      { jobId: job.id, deed: "restore" },
    ]);
  });
});

test("A verification that failed left nothing that anybody would have to remove", async () => {
  const world = await sqlWorld();
  world.store.add("b");
  const job = await failedJob(world, "VERIFY BACKUP b DATA SOURCE = s");
  await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
  expect(world.backups.discarded).toEqual([]);
});

describe("On a suspended cluster", () => {
  const STORE_ALONE = [
    ["VERIFY BACKUP b DATA SOURCE = s", "verify"],
    ["ALTER BACKUP b DATA SINK = s PURGE 2000", "alter"],
    ["DROP BACKUP b DATA SINK = s", "drop"],
  ] as const;

  test.each(STORE_ALONE)("%s needs the store alone, and runs", async (sql, deed) => {
    const world = await sqlWorld();
    world.store.add("b", [1000, 2000]);
    await suspended(world);
    expect(await world.ended(await world.run(sql))).toMatchObject({ work: { deed }, state: { name: "succeeded" } });
  });

  test.each([CREATE, "BACKUP b DATA SINK = s", RESTORE])("%s is refused, with what to do", async (sql) => {
    const world = await sqlWorld();
    world.store.add("b");
    await suspended(world);
    expect(await refusal(world.run(sql))).toMatchObject({
      code: "cluster-not-running",
      hint: "Resume the cluster first.",
    });
  });

  test("who may run what is asked as ever", async () => {
    const world = await sqlWorld();
    world.store.add("b", [1000, 2000]);
    await suspended(world);
    for (const [sql, deed] of STORE_ALONE) {
      expect((await refusal(world.run(sql, VIEWER))).code).toBe("role-needed");
      if (deed !== "verify") expect((await refusal(world.run(sql, OPERATOR))).code).toBe("role-needed");
    }
    expect(world.backups.asked).toEqual([]);
  });
});
