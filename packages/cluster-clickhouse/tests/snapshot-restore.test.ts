import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { CHANGES, RestoreWorld, SHOP } from "./restore-world.ts";

const Text = z.object({ ddl: z.string() });

describe.each([1, 3])("on %i ranks", (ranks) => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open({ ranks });
    await world.host.run(...SHOP);
    held = await world.contents("shop");
    await world.create("shop", [
      { type: "ALL", name: "shop" },
      { type: "FUNCTION", name: "doubled" },
    ]);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("a backup is restored into another schema, and its views look at what is there", async () => {
    const evidence = await world.restore("shop", { targetSchemas: new Map([["shop", "other"]]), checksum: true });
    expect(evidence).toMatchObject({ kind: "database-backup", deed: "restore", backups: ["shop"] });
    expect(await world.contents("other")).toEqual(held);
    expect(await world.contents("shop")).toEqual(held);
    const views = await world.host.ask(
      Text,
      "SELECT create_table_query AS ddl FROM system.tables WHERE database = 'other' AND endsWith(engine, 'View')",
    );
    for (const { ddl } of views) expect(ddl).not.toMatch(/\bshop\b/);
    await world.host.run("INSERT INTO other.orders (n, s) VALUES (1, 'late')");
    expect((await world.contents("other"))["lates"]).not.toBe(held["lates"]);
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.staging()).toEqual([]);
    await world.host.run("DROP DATABASE other SYNC");
  });

  test("what is in the way ends a restore before anything was touched", async () => {
    await expect(world.restore("shop")).rejects.toMatchObject({ code: "restore-conflict" });
    await expect(world.backups.planRestore(world.request("shop"))).rejects.toMatchObject({ code: "restore-conflict" });
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.staging()).toEqual([]);
  });

  test("with `replace` what is there is what the snapshot holds, and nothing is left of what was there", async () => {
    await world.host.run(...CHANGES);
    expect(await world.contents("shop")).not.toEqual(held);
    await world.restore("shop", { policy: "replace" });
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.staging()).toEqual([]);
    await world.host.run("INSERT INTO shop.orders (n, s) VALUES (1, 'late')");
    const after = await world.contents("shop");
    for (const view of ["totals", "lates"]) expect(after[view], view).not.toBe(held[view]);
    await world.restore("shop", { policy: "replace" });
    expect(await world.contents("shop")).toEqual(held);
  });

  test("with `rename` what was there is in the other schema, rows and all", async () => {
    await world.host.run(...CHANGES);
    const before = await world.contents("shop");
    await world.restore("shop", { policy: "rename", renamedObjectsSchema: "aside" });
    expect(await world.contents("shop")).toEqual(held);
    const aside = await world.contents("aside");
    const { big: _, bigger: __, ...rows } = before;
    expect(aside).toMatchObject(rows);
    await expect(world.restore("shop", { policy: "rename" })).rejects.toMatchObject({ code: "restore-conflict" });
    expect(await world.contents("shop")).toEqual(held);
    await world.host.run("DROP DATABASE aside SYNC");
  });

  test.runIf(ranks === 1)("a dry run tells what would be done, and does nothing", async () => {
    const rows = await world.backups.planRestore(world.request("shop", { policy: "replace" }));
    expect(rows).toContainEqual({ action: "replace", subject: "TABLE shop.log", rows: 300 * ranks });
    expect(await world.staging()).toEqual([]);
    expect(await world.contents("shop")).toEqual(held);
  });

  test.runIf(ranks === 1)("CREATE_SCHEMA_IF_NOT_EXIST = false refuses a schema that is not there", async () => {
    const changes = { targetSchemas: new Map([["shop", "nowhere"]]), createSchemas: false };
    await expect(world.restore("shop", changes)).rejects.toMatchObject({ code: "schema-not-found" });
    await world.host.run("CREATE DATABASE nowhere");
    await world.restore("shop", changes);
    expect(await world.contents("nowhere")).toEqual(held);
    await world.host.run("DROP DATABASE nowhere SYNC");
  });

  test.runIf(ranks === 1)("with DDL_ONLY tables come back empty", async () => {
    await world.restore("shop", { targetSchemas: new Map([["shop", "bare"]]), ddlOnly: true });
    const bare = await world.contents("bare");
    expect(Object.keys(bare)).toEqual(Object.keys(held));
    for (const table of ["orders", "log", "totals", "lates"]) expect(bare[table], table).toMatch(/^0 /);
    await world.host.run("DROP DATABASE bare SYNC");
  });

  test.runIf(ranks === 1)("one table can be restored alone", async () => {
    await world.host.run("DROP TABLE shop.newest SYNC");
    await world.restore("shop", { objects: [{ type: "TABLE", schema: "shop", name: "newest" }] });
    expect(await world.contents("shop")).toEqual(held);
  });

  test("functions are replaced when the policy says so", async () => {
    await world.host.run("CREATE OR REPLACE FUNCTION doubled AS (x) -> x * 3");
    const objects = [{ type: "FUNCTION" as const, name: "doubled" }];
    await expect(world.restore("shop", { objects })).rejects.toMatchObject({ code: "restore-conflict" });
    await world.restore("shop", { objects, policy: "replace" });
    const answers = await world.host.ask(z.object({ six: z.coerce.number() }), "SELECT doubled(3) AS six");
    for (const { six } of answers) expect(six).toBe(6);
  });

  test.runIf(ranks === 1)("each snapshot of a chain is restored as it was", async () => {
    const snapshots = new Map<number, Record<string, string>>();
    const take = async (id: Promise<number>) => snapshots.set(await id, await world.contents("shop"));
    await take(world.create("chain", [{ type: "ALL", name: "shop" }]));
    for (const changes of [
      [
        "INSERT INTO shop.log SELECT number FROM numbers(9)",
        "INSERT INTO shop.orders (n, s) SELECT number, 'one' FROM numbers(70)",
      ],
      ["ALTER TABLE shop.orders UPDATE s = 'two' WHERE n % 2 = 0 SETTINGS mutations_sync = 2"],
      ["ALTER TABLE shop.orders DELETE WHERE n % 5 = 0 SETTINGS mutations_sync = 2", "INSERT INTO shop.log VALUES (1)"],
      [
        "TRUNCATE TABLE shop.log",
        "CREATE TABLE shop.late (n UInt64) ENGINE = StripeLog",
        "INSERT INTO shop.late VALUES (1)",
      ],
    ]) {
      await world.host.run(...changes);
      await take(world.add("chain"));
    }
    for (const [snapshotId, contents] of snapshots) {
      await world.restore("chain", { snapshotId, targetSchemas: new Map([["shop", "then"]]), checksum: true });
      expect(await world.contents("then"), `snapshot ${snapshotId}`).toEqual(contents);
      await world.host.run("DROP DATABASE then SYNC");
    }
    await expect(world.restore("chain", { snapshotId: 7 })).rejects.toMatchObject({ code: "snapshot-not-found" });
    await world.restore("shop", { policy: "replace" });
    await world.host.run("DROP TABLE shop.late SYNC");
    expect(await world.contents("shop")).toEqual(held);
  });

  test.runIf(ranks === 3)("what only one rank had is on that rank alone", async () => {
    await world.host.run("CREATE DATABASE lone");
    await world.runOn(
      1,
      "CREATE TABLE lone.t (n UInt64) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO lone.t VALUES (1), (2)",
    );
    await world.create("lone", [{ type: "ALL", name: "lone" }]);
    await world.runOn(1, "DROP TABLE lone.t SYNC");
    await world.runOn(0, "CREATE TABLE lone.t (n UInt64) ENGINE = Log", "INSERT INTO lone.t VALUES (7)");
    await world.restore("lone", { objects: [{ type: "ALL", name: "lone" }], policy: "replace" });
    const found = await world.host.ask(
      z.object({ engine: z.string() }),
      "SELECT engine FROM system.tables WHERE database = 'lone'",
    );
    expect(found).toEqual([{ engine: "MergeTree" }]);
    expect((await world.contents("lone"))["t"]).toMatch(/^2 /);
  });

  test("a stop before the exchange leaves everything as it was", async () => {
    await world.host.run(...CHANGES);
    const before = await world.contents("shop");
    for (const phase of ["preparing", "reading", "restoring", "comparing"]) {
      const stop = new AbortController();
      const order = { ...world.order(), ...world.request("shop", { policy: "replace", checksum: true }) };
      let last: string | undefined;
      for await (const report of world.backups.restore(order, stop.signal)) {
        last = report.type;
        if (report.type === "phase" && report.phase === phase) stop.abort();
      }
      expect(last, phase).toBe("stopped");
      expect(await world.contents("shop"), phase).toEqual(before);
      expect(await world.staging(), phase).toEqual([]);
    }
    await world.restore("shop", { policy: "replace" });
  });
});

describe("the schema that every engine has", () => {
  let world: RestoreWorld;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(
      "CREATE TABLE sold (n UInt64) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO sold SELECT number FROM numbers(100)",
      "CREATE TABLE noted (n UInt64) ENGINE = Log",
      "INSERT INTO noted SELECT number FROM numbers(10)",
      "CREATE VIEW top AS SELECT n FROM default.sold WHERE n > 90",
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("is restored under each policy, though its tables cannot be moved out of it", async () => {
    const held = await world.contents("default");
    const objects = ["sold", "noted", "top"].map((name) => ({ type: "TABLE" as const, name }));
    await world.create("plain", objects);
    await world.host.run("INSERT INTO sold VALUES (7)", "INSERT INTO noted VALUES (7)");
    await expect(world.restore("plain", { objects })).rejects.toMatchObject({ code: "restore-conflict" });
    await world.restore("plain", { objects, policy: "replace" });
    expect(await world.contents("default")).toEqual(held);
    await world.host.run("INSERT INTO sold VALUES (7)", "INSERT INTO noted VALUES (7)");
    const before = await world.contents("default");
    await world.restore("plain", { objects, policy: "rename" });
    expect(await world.contents("default")).toEqual(held);
    expect(await world.contents("aside")).toMatchObject({ sold: before["sold"], noted: before["noted"] });
    await world.restore("plain", { objects, targetSchemas: new Map([["default", "other"]]) });
    expect(await world.contents("other")).toEqual(held);
    expect(await world.staging()).toEqual([]);
  });
});
