import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { ADMIN, jobIn, MEMORY, OPERATOR, VIEWER } from "./services-world.ts";
import { refusal, sqlWorld } from "./sql-world.ts";

const CREATE = "CREATE BACKUP b DATA SINK = s OBJECTS (TABLE = shop.orders)";
const tooOld = () => {
  throw new SnapdeckError("sign-in-too-old", "the password was typed long ago");
};

describe("A script", () => {
  test("with an error in it runs nothing, and the answer says where, what was found and what belongs there", async () => {
    const world = await sqlWorld();
    const { code, detail } = await refusal(world.run("CREATE SCHEMA x;\nBACKUP b DATA SNK = s;"));
    expect(code).toBe("sql-syntax");
    expect(detail).toMatch(/line 2, column \d+: expected SINK, found SNK/);
    expect(detail).toContain("BACKUP b DATA SNK = s");
    expect(detail).toContain("^^^");
    expect(world.engineSql).toEqual([]);
  });

  test("with nothing in it is refused", async () => {
    const world = await sqlWorld();
    expect((await refusal(world.run(" -- nothing\n;"))).code).toBe("bad-request");
  });

  test("answers each statement in order, and goes on after a job only once that has ended", async () => {
    const world = await sqlWorld();
    const { results, stoppedBy } = await world.run(
      `CREATE SCHEMA x; ${CREATE}; SELECT 1; BACKUP b DATA SINK = s`,
      ADMIN,
    );
    // The fake store lists nothing by itself, so the last one has nothing to build on.
    expect(stoppedBy).toMatchObject({ code: "backup-not-found" });
    expect(results.map(({ kind }) => kind)).toEqual(["done", "job", "rows"]);
    expect(results[1]).toMatchObject({ job: { state: { name: "succeeded" }, work: { deed: "take", backup: "b" } } });
    expect(results[2]).toMatchObject({ statement: "SELECT 1", columns: ["n"], rows: [["1"]] });
  });

  test("ends with a job that failed, and says why", async () => {
    const world = await sqlWorld();
    world.backups.ends.push(() => Promise.reject(new SnapdeckError("disk-full", "the store is full")));
    const { results, stoppedBy, stoppedAt, notRun } = await world.run(`${CREATE}; SELECT 1`);
    expect(results).toMatchObject([{ kind: "job", job: { state: { name: "failed" } } }]);
    expect(stoppedBy).toMatchObject({ code: "disk-full", detail: "the store is full" });
    expect([stoppedAt, notRun]).toEqual([results[0]?.statement, ["SELECT 1"]]);
    expect(world.engineSql).toEqual([]);
    expect(world.backups.discarded).toMatchObject([{ backups: ["b"] }]);
  });

  test("ends with a job that somebody canceled", async () => {
    const world = await sqlWorld();
    world.backups.ends.push(() => new Promise(() => undefined));
    world.backups.onWork = ({ request }) => void world.services.jobs.cancel(MEMORY, request.jobId, OPERATOR);
    const { results, stoppedBy } = await world.run(`${CREATE}; SELECT 1`);
    expect(results).toMatchObject([{ job: { state: { name: "canceled", canceledBy: "olli" } } }]);
    expect(stoppedBy).toMatchObject({ code: "job-finished" });
  });

  test("that nobody waits for any more begins no further statement, and its job goes on", async () => {
    const world = await sqlWorld();
    const gone = new AbortController();
    let finish = () => undefined as unknown;
    world.backups.ends.push(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ type: "lost", detail: "a test" });
          gone.abort();
        }),
    );
    await expect(world.run(`${CREATE}; SELECT 1`, ADMIN, { signal: gone.signal })).rejects.toThrow();
    const { items } = await world.services.jobs.activity(MEMORY);
    expect(items).toMatchObject([{ state: { name: "running" } }]);
    finish();
    expect(world.engineSql).toEqual([]);
  });
});

describe("Who may run a statement", () => {
  const NEEDED: Record<string, typeof VIEWER.role> = {
    "SHOW BACKUP * DATA SOURCE = s": "viewer",
    "DESCRIBE BACKUP * DATA SOURCE = s": "viewer",
    "SHOW DATA SINK *": "viewer",
    "DESCRIBE CREDENTIAL *": "viewer",
    [CREATE]: "operator",
    "BACKUP b DATA SINK = s": "operator",
    "BACKUP b TYPE = 'differential' DATA SINK = s": "operator",
    "VERIFY BACKUP b DATA SOURCE = s": "operator",
    [`${CREATE} WITH OPTIONS (RECREATE = true)`]: "admin",
    "BACKUP b TYPE = 'differential' DATA SINK = s WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)": "admin",
    "BACKUP b DATA SINK = s WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1)": "admin",
    "ALTER BACKUP b DATA SINK = s MERGE": "admin",
    "RESTORE BACKUP b DATA SOURCE = s OBJECTS (TABLE = shop.orders)": "admin",
    "DROP BACKUP b DATA SINK = s": "admin",
    "CREATE DATA SINK t LOCATION = 'FILE:///t'": "admin",
    "DROP DATA SOURCE s": "admin",
    "CREATE SCHEMA x": "admin",
    "DROP SCHEMA x": "admin",
    "SELECT 1": "admin",
  };

  test.each(Object.entries(NEEDED))("%s needs the role of %s", async (sql, needed) => {
    const world = await sqlWorld();
    world.store.add("b");
    const roles = { viewer: VIEWER, operator: OPERATOR, admin: ADMIN };
    for (const actor of Object.values(roles)) {
      const refused = await world.run(sql, actor).then(
        () => undefined,
        (error: unknown) => (error instanceof SnapdeckError ? error.code : "internal"),
      );
      const isEnough =
        ["viewer", "operator", "admin"].indexOf(actor.role) >= ["viewer", "operator", "admin"].indexOf(needed);
      expect(refused === "role-needed", actor.role).toBe(!isEnough);
      if (isEnough) break;
    }
    const { items } = await world.services.audit.page(10);
    if (needed === "viewer") return;
    expect(items).toContainEqual(expect.objectContaining({ actor: "vera", act: "access.denied" }));
  });

  test("is judged before the first statement runs", async () => {
    const world = await sqlWorld();
    const { code } = await refusal(world.run("SHOW DATA SINK *; SELECT 1", VIEWER));
    expect(code).toBe("role-needed");
  });

  test("what needs an admin needs a fresh password too, unless it only tells what it would do", async () => {
    const world = await sqlWorld();
    world.store.add("b");
    for (const sql of ["DROP BACKUP b DATA SINK = s", "SELECT 1", "CREATE SCHEMA x", "DROP DATA SOURCE s"]) {
      expect((await refusal(world.run(sql, ADMIN, { mustBeFresh: tooOld }))).code).toBe("sign-in-too-old");
    }
    for (const sql of [
      "SHOW BACKUP b DATA SOURCE = s",
      "DROP BACKUP b DATA SINK = s WITH OPTIONS (DRY_RUN = true)",
      "BACKUP b DATA SINK = s",
    ]) {
      await world.run(sql, ADMIN, { mustBeFresh: tooOld });
    }
  });
});

describe("The audit trail", () => {
  const entries = async (world: Awaited<ReturnType<typeof sqlWorld>>) => (await world.services.audit.page(50)).items;

  test("holds statements for the engine without their secrets, and how they failed", async () => {
    const world = await sqlWorld();
    await world.run("CREATE USER eve IDENTIFIED BY 'hunter2'");
    await refusal(world.run("FAIL me"));
    const runs = (await entries(world)).filter(({ act }) => act === "sql.run");
    expect(runs.map(({ target, result }) => [target, result])).toEqual([
      ["cluster memory: FAIL me", "failed: engine-failed"],
      ["cluster memory: FAIL me", "begun"],
      ["cluster memory: CREATE USER eve IDENTIFIED BY '***'", "begun"],
    ]);
    expect(JSON.stringify(await entries(world))).not.toContain("hunter2");
  });

  test("holds what a backup statement asked for, what refused it, and how its job ended", async () => {
    const world = await sqlWorld();
    await world.ended(await world.run(CREATE, OPERATOR));
    await refusal(world.run("BACKUP b DATA SINK = s", OPERATOR));
    const acts = (await entries(world)).filter(({ act }) => act.startsWith("database-backup") || act.startsWith("job"));
    expect(acts).toMatchObject([
      {
        actor: "olli",
        act: "database-backup.take",
        target: "cluster memory database backup b",
        result: "refused: backup-not-found",
      },
      { act: "job.end", result: "succeeded" },
      { actor: "olli", act: "database-backup.take", result: `accepted: ${CREATE}` },
    ]);
  });
});

describe("A script sent again with its key", () => {
  test("answers the same job, and runs no statement twice", async () => {
    const world = await sqlWorld();
    const script = `SELECT 1; ${CREATE}`;
    const first = await world.run(script, ADMIN, { idempotencyKey: "k" });
    const [again, more] = await Promise.all([
      world.run(script, ADMIN, { idempotencyKey: "k" }),
      world.run(script, ADMIN, { idempotencyKey: "k" }),
    ]);
    expect([again, more]).toEqual([first, first]);
    await world.ended(first);
    expect(world.engineSql).toEqual(["SELECT 1"]);
    expect(world.backups.asked).toHaveLength(1);
    expect((await refusal(world.run("SELECT 2", ADMIN, { idempotencyKey: "k" }))).code).toBe("idempotency-conflict");
  });

  test("goes on where it stopped", async () => {
    const world = await sqlWorld();
    const script = "SELECT 1; BACKUP b DATA SINK = s";
    expect((await world.run(script, ADMIN, { idempotencyKey: "k" })).stoppedBy?.code).toBe("backup-not-found");
    world.store.add("b");
    const { results, stoppedBy } = await world.run(script, ADMIN, { idempotencyKey: "k" });
    expect(stoppedBy).toBeUndefined();
    expect(results.map(({ kind }) => kind)).toEqual(["rows", "job"]);
    expect(world.engineSql).toEqual(["SELECT 1"]);
  });
});

test("A job that the next process takes up is told to, and is looked up from its statement again", async () => {
  const world = await sqlWorld();
  world.backups.ends.push(() => new Promise(() => undefined));
  const reply = await world.run(CREATE);
  const job = reply.results[0];
  if (job?.kind !== "job") throw new Error("no job");
  await jobIn(world, job.job.id, "running");
  await world.stop();
  const next = await sqlWorld({ database: world.database, owner: "bff-2" });
  expect(await jobIn(next, job.job.id, "succeeded")).toMatchObject({ attempt: 1 });
  expect(next.backups.asked).toMatchObject([{ deed: "take", request: { takeUp: true, backup: "b", type: "full" } }]);
});
