import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { ADMIN, jobIn, MEMORY, OPERATOR } from "./services-world.ts";
import { refusal, type SqlWorld, sqlWorld } from "./sql-world.ts";
import { temporaryState } from "./temporary-state.ts";

const CREATE = "CREATE BACKUP b DATA SINK = s OBJECTS (TABLE = shop.orders)";
const RESTORE = "RESTORE BACKUP b DATA SOURCE = s OBJECTS (TABLE = shop.orders)";

describe("A statement about backups", () => {
  test("becomes a job whose work is the statement itself, and ends with what the cluster reports", async () => {
    const world = await sqlWorld();
    const reply = await world.run(`create backup b data sink s objects (table = shop.orders, shop.items)`, OPERATOR);
    const sql = "CREATE BACKUP b DATA SINK = s OBJECTS (TABLE = shop.orders, TABLE = shop.items)";
    expect(await world.ended(reply)).toMatchObject({
      work: { kind: "database-backup", deed: "take", backup: "b", sql },
      requestedBy: "olli",
      state: { name: "succeeded", evidence: { kind: "database-backup", deed: "take" } },
    });
    expect(world.backups.asked).toMatchObject([
      {
        request: {
          backup: "b",
          type: "full",
          ddl: sql,
          objects: [
            { type: "TABLE", schema: "shop", name: "orders" },
            { type: "TABLE", schema: "shop", name: "items" },
          ],
          requestedBy: "olli",
          takeUp: false,
          attempt: 1,
        },
      },
    ]);
  });

  const REFUSED: [string, string, string][] = [
    [CREATE.replace("BACKUP b", "BACKUP there"), "backup-exists", "RECREATE"],
    [CREATE.replace("BACKUP b", 'BACKUP "a/../b"'), "bad-request", "letters, digits"],
    [CREATE.replace("BACKUP b", `BACKUP "${"x".repeat(300)}"`), "bad-request", "1 to 200"],
    [CREATE.replace("BACKUP b", 'BACKUP "-rf"'), "bad-request", "begin with -"],
    [CREATE.replace("TABLE = shop.orders", "USER = eve"), "not-supported", "ALL, TABLE, FUNCTION"],
    [CREATE.replace("TABLE = shop.orders", "ALL = a.b"), "bad-request", "TABLE = schema.name"],
    [`${CREATE} WITH OPTIONS (BLOCK_TABLE_MUTATIONS = true)`, "not-supported", "BLOCK_TABLE_MUTATIONS"],
    [CREATE.replace("= s", "= nowhere"), "connection-not-found", ""],
    ["BACKUP missing DATA SINK = s", "backup-not-found", "SHOW BACKUP"],
    ["BACKUP foreign DATA SINK = s", "backup-unusable", "console"],
    ["BACKUP broken DATA SINK = s", "backup-unusable", ""],
    ["ALTER BACKUP there DATA SINK = s PURGE 1000", "full-not-purged", "DROP BACKUP"],
    ["ALTER BACKUP there DATA SINK = s PURGE 7", "snapshot-not-found", "DESCRIBE BACKUP"],
    ["ALTER BACKUP single DATA SINK = s MERGE", "nothing-to-merge", "BACKUP"],
    [RESTORE, "backup-not-found", "SHOW BACKUP"],
    [RESTORE.replace("BACKUP b", "BACKUP foreign"), "backup-unusable", "console"],
    [`${RESTORE.replace("BACKUP b", "BACKUP there")} WITH OPTIONS (BACKUP_ID = 7)`, "snapshot-not-found", ""],
    [`${RESTORE.replace("BACKUP b", "BACKUP there")} WITH OPTIONS (REINGEST = true)`, "not-supported", "Leave it out"],
    [`${RESTORE.replace("BACKUP b", "BACKUP there")} WITH OPTIONS (TARGET_SCHEMA_MAP = 'a:b,a:c')`, "bad-request", ""],
    ["DROP BACKUP missing DATA SINK = s", "backup-not-found", "SHOW BACKUP"],
    ["DROP BACKUP * DATA SINK = s", "bad-request", "DELETE_ALL_BACKUPS"],
    ['DROP BACKUP "t*" DATA SINK = s', "bad-request", "DELETE_ALL_BACKUPS"],
    ['DROP BACKUP "zz*" DATA SINK = s', "backup-not-found", ""],
    ["VERIFY BACKUP missing DATA SOURCE = s", "backup-not-found", ""],
    ["VERIFY BACKUP there DATA SOURCE = s WITH OPTIONS (BACKUP_ID = 7)", "snapshot-not-found", ""],
    ["SHOW BACKUP missing DATA SOURCE = s", "backup-not-found", ""],
    ["DESCRIBE BACKUP broken DATA SOURCE = s", "backup-unusable", ""],
  ];

  test.each(REFUSED)("%s is refused at once with %s", async (sql, code, hint) => {
    const world = await sqlWorld();
    world.store.add("there", [1000, 2000]);
    world.store.add("twice");
    world.store.add("single");
    world.store.add("foreign", [1000], false);
    world.store.addBroken("broken");
    const refused = await refusal(world.run(sql));
    expect(refused.code).toBe(code);
    expect(`${refused.detail} ${refused.hint ?? ""}`).toContain(hint);
    expect((await world.services.jobs.page(MEMORY, { limit: 10 })).items).toEqual([]);
    expect(world.backups.asked).toEqual([]);
  });

  test("that would be refused is refused by DRY_RUN as well; otherwise that answers the plan and changes nothing", async () => {
    const world = await sqlWorld();
    const dry = `${CREATE} WITH OPTIONS (DRY_RUN = true)`;
    expect((await world.run(dry)).results).toMatchObject([
      { kind: "rows", columns: ["ACTION", "SUBJECT", "RECORDS", "SIZE"], rows: [["write", "snapshot 1", 5, null]] },
    ]);
    world.store.add("b", [1000, 2000]);
    expect((await refusal(world.run(dry))).code).toBe("backup-exists");
    for (const sql of [
      "BACKUP b DATA SINK = s WITH OPTIONS (DRY_RUN = true)",
      "ALTER BACKUP b DATA SINK = s PURGE 2000 WITH OPTIONS (DRY_RUN = true)",
      `${RESTORE} WITH OPTIONS (DRY_RUN = true)`,
      "DROP BACKUP * DATA SINK = s WITH OPTIONS (DRY_RUN = true)",
    ]) {
      expect((await world.run(sql)).results).toMatchObject([{ kind: "rows" }]);
    }
    expect(world.backups.planned).toHaveLength(5);
    expect((await world.services.jobs.page(MEMORY, { limit: 10 })).items).toEqual([]);
  });

  test("that drops several names them all, and one that drops none is fine where it says so", async () => {
    const world = await sqlWorld();
    for (const name of ["a1", "a2", "b"]) world.store.add(name);
    world.store.addBroken("a3");
    const all = await world.run('DROP BACKUP "a*" DATA SINK = s WITH OPTIONS (DELETE_ALL_BACKUPS = true)');
    expect(await world.ended(all)).toMatchObject({
      work: { deed: "drop", backup: "a*" },
      state: { name: "succeeded" },
    });
    expect(world.backups.asked).toMatchObject([{ request: { backups: ["a1", "a2", "a3"] } }]);
    const none = await world.run("DROP BACKUP c DATA SINK = s WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true)");
    expect(none.results).toMatchObject([{ kind: "done", warning: expect.stringContaining("no backup c") }]);
  });

  describe("that drops several and is killed when the info of the first is gone and its files are not", () => {
    const SEVERAL = 'DROP BACKUP "a*" DATA SINK = s WITH OPTIONS (DELETE_ALL_BACKUPS = true)';
    const dropsInfo = (world: SqlWorld) => {
      for (const name of ["a1", "a2", "b"]) world.store.add(name);
      world.backups.onWork = () => {
        world.store.listed.delete("a1");
        world.store.leftovers.add("a1");
      };
    };

    test("drops that one as well when its job is taken up", async () => {
      const database = await temporaryState();
      const killed = await sqlWorld({ database });
      dropsInfo(killed);
      killed.backups.ends.push(() => new Promise(() => undefined));
      const [begun] = (await killed.run(SEVERAL)).results;
      if (begun?.kind !== "job") throw new Error("no job");
      await expect.poll(() => killed.backups.asked).toHaveLength(1);
      const store = killed.store;
      await killed.stop();
      const successor = await sqlWorld({ database, store, owner: "successor" });
      await jobIn(successor, begun.job.id, "succeeded");
      expect(successor.backups.asked).toMatchObject([{ request: { backups: ["a1", "a2"], takeUp: true } }]);
    });

    test("clears that one as well when its job failed, is the same job when it is sent again, and leaves out what has gone altogether", async () => {
      const world = await sqlWorld();
      dropsInfo(world);
      world.backups.ends.push(() => Promise.reject(new SnapdeckError("disk-full", "the store is full")));
      const asker = { idempotencyKey: "again" };
      const begun = await world.run(SEVERAL, ADMIN, asker);
      const job = await world.ended(begun);
      expect(job.state.name).toBe("failed");
      expect((await world.run(SEVERAL, ADMIN, asker)).results).toMatchObject([{ kind: "job", job: { id: job.id } }]);
      world.store.listed.delete("a2");
      await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
      expect(world.backups.discarded).toMatchObject([{ backups: ["a1", "a2"] }, { deed: "drop", backups: ["a1"] }]);
    });
  });

  test("waits for no other: one at a time works on a cluster", async () => {
    const world = await sqlWorld();
    world.store.add("b");
    world.backups.ends.push(() => new Promise(() => undefined));
    const first = await world.run("BACKUP b DATA SINK = s");
    const { code } = await refusal(world.run("VERIFY BACKUP b DATA SOURCE = s"));
    expect(code).toBe("cluster-busy");
    const [job] = first.results;
    if (job?.kind !== "job") throw new Error("no job");
    await world.services.jobs.cancel(MEMORY, job.job.id, OPERATOR);
    expect((await world.ended(first)).state.name).toBe("canceled");
  });

  test("whose sink is gone when it failed can be cleared from Activity all the same", async () => {
    const world = await sqlWorld();
    world.store.add("b");
    let fail = (_: SnapdeckError) => undefined as unknown;
    world.backups.ends.push(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    const [begun] = (await world.run("BACKUP b DATA SINK = s")).results;
    if (begun?.kind !== "job") throw new Error("no job");
    await jobIn(world, begun.job.id, "running");
    await world.run("DROP DATA SINK s");
    fail(new SnapdeckError("disk-full", "the store is full"));
    await jobIn(world, begun.job.id, "failed");
    expect((await world.services.jobs.cancel(MEMORY, begun.job.id, OPERATOR)).dismissedAt).toBeDefined();
  });
});

describe("What stands in a store", () => {
  test("is shown as the statements that made it, also where another console took it", async () => {
    const world = await sqlWorld();
    world.store.add("mine");
    world.store.add("theirs", [1000], false);
    world.store.addBroken("broken");
    expect((await world.run("SHOW BACKUP * DATA SOURCE = s")).results).toMatchObject([
      {
        columns: ["DDL"],
        rows: [
          ["-- broken cannot be read: the info of broken is no info"],
          ["CREATE BACKUP mine DATA SINK = s OBJECTS (TABLE = shop.orders)"],
          ["CREATE BACKUP theirs DATA SINK = s OBJECTS (TABLE = shop.orders)"],
        ],
      },
    ]);
    expect((await world.run('SHOW BACKUP "mi*" DATA SOURCE = s')).results).toMatchObject([
      { rows: [[expect.stringContaining("mine")]] },
    ]);
  });

  test("is described with 13 columns, a row for each snapshot", async () => {
    const world = await sqlWorld();
    world.store.add("b", [1000, 2000]);
    const [described] = (await world.run("DESC BACKUP b DATA SOURCE = s")).results;
    const shared = ["2026-11-22T09:00:00.000Z", 12, "memory", "here", "127.0.0.1", "TABLE shop.orders", 100, 3, 7];
    expect(described).toMatchObject({
      columns: [
        ...[
          "BACKUP_NAME",
          "BACKUP_ID",
          "BACKUP_TYPE",
          "TIME",
          "DURATION",
          "CLUSTER_ID",
          "HOST_NAME",
          "HOST_ID",
          "OBJECTS",
        ],
        ...["SIZE", "FILES", "RECORDS", "COMMENT"],
      ],
      rows: [
        ["b", 1000, "full", ...shared, "the first"],
        ["b", 2000, "incremental", ...shared, null],
      ],
    });
  });
});

describe("A schema", () => {
  test("that holds a data sink is dropped only with CASCADE, and then the sink goes too", async () => {
    const world = await sqlWorld();
    await world.run("CREATE SCHEMA ops; CREATE DATA SINK ops.t LOCATION = 'FILE:///t'");
    const { code, detail } = await refusal(world.run("DROP SCHEMA ops"));
    expect(code).toBe("schema-not-empty");
    expect(detail).toContain("DATA SINK ops.t");
    await world.run("DROP SCHEMA ops CASCADE");
    expect(world.engineSql).toEqual(["create schema ops", "drop schema ops"]);
    expect((await refusal(world.run("SHOW DATA SINK ops.t"))).code).toBe("connection-not-found");
  });
});
