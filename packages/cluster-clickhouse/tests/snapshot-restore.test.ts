import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { aSealer, confirmedBy, NEVER, reportsOf } from "./embedded-host.ts";
import { overwrite, RestoreWorld, storeAt } from "./restore-world.ts";

const SHOP = [
  "CREATE DATABASE shop",
  "CREATE FUNCTION doubled AS (x) -> x * 2",
  "CREATE TABLE shop.orders (n UInt64, s String, d UInt64 MATERIALIZED doubled(n)) ENGINE = MergeTree PARTITION BY n % 3 ORDER BY n",
  "INSERT INTO shop.orders (n, s) SELECT number, toString(number) FROM numbers(5000)",
  "CREATE TABLE shop.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n",
  "INSERT INTO shop.newest SELECT number, 'a' FROM numbers(100)",
  "INSERT INTO shop.newest SELECT number, 'b' FROM numbers(50)",
  "CREATE TABLE shop.log (n UInt64) ENGINE = Log",
  "INSERT INTO shop.log SELECT number FROM numbers(300)",
  "CREATE TABLE shop.empty (n UInt64) ENGINE = MergeTree ORDER BY n",
  "CREATE TABLE shop.masked (n UInt64) ENGINE = MergeTree ORDER BY n",
  "INSERT INTO shop.masked SELECT number FROM numbers(1000)",
  "DELETE FROM shop.masked WHERE n < 100",
  "CREATE VIEW shop.big AS SELECT o.n, doubled(o.n) AS twice FROM shop.orders AS o WHERE o.n IN (SELECT n FROM shop.log)",
  "CREATE VIEW shop.bigger AS SELECT count() AS c FROM shop.big",
  "CREATE MATERIALIZED VIEW shop.totals ENGINE = MergeTree ORDER BY k AS SELECT n % 10 AS k, 1 AS c FROM shop.orders",
  "CREATE TABLE shop.lates (n UInt64) ENGINE = MergeTree ORDER BY n",
  "CREATE MATERIALIZED VIEW shop.to_lates TO shop.lates AS SELECT n FROM shop.orders WHERE s = 'late'",
  "INSERT INTO shop.orders (n, s) SELECT number, 'late' FROM numbers(500)",
];

/** Other rows in some of it, and one table less. */
const CHANGES = [
  "INSERT INTO shop.orders (n, s) SELECT number, 'changed' FROM numbers(33)",
  "INSERT INTO shop.log SELECT number FROM numbers(7)",
  "DROP TABLE IF EXISTS shop.empty SYNC",
];

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

  test("each snapshot of a chain is restored as it was", async () => {
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

describe("a restore whose process dies", () => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(...SHOP);
    await world.connections.make(
      { type: "CREDENTIAL", schema: "shop", name: "key" },
      "CREATE CREDENTIAL shop.key held",
    );
    held = await world.contents("shop");
    await world.create("shop", [
      { type: "ALL", name: "shop" },
      { type: "FUNCTION", name: "doubled" },
    ]);
    await world.host.run(...CHANGES);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** Dies at the n-th step that changes something; answers how it went on, and undefined when there was no such step. */
  async function dyingAt(at: number, policy: "replace" | "rename"): Promise<string | undefined> {
    let step = 0;
    const checkFence = async () => {
      step += 1;
      if (step >= at) throw new SnapdeckError("lock-lost", "this process is dead");
    };
    const order = world.order();
    const request = world.request("shop", { policy, renamedObjectsSchema: "aside" });
    try {
      await confirmedBy(world.backups.restore({ ...order, ...request, checkFence }, NEVER));
      return undefined;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "lock-lost" });
    }
    const last = (await reportsOf(world.backups.restore({ ...order, ...request, takeUp: true }, NEVER))).at(-1);
    expect(await world.staging()).toEqual([]);
    return last?.type;
  }

  test.each(["replace", "rename"] as const)(
    "with `%s` goes back before the decision and forward after it",
    async (policy) => {
      const outcomes: string[] = [];
      for (let at = 1; ; at += 1) {
        const before = await world.contents("shop");
        const outcome = await dyingAt(at, policy);
        if (outcome === undefined) break;
        outcomes.push(outcome);
        expect(await world.contents("shop"), `step ${at}`).toEqual(outcome === "lost" ? before : held);
        if (outcome === "lost") continue;
        if (policy === "rename") {
          expect((await world.contents("aside"))["orders"], `step ${at}`).toBe(before["orders"]);
          await world.host.run("DROP DATABASE aside SYNC");
          await world.connections.remove({ type: "CREDENTIAL", schema: "aside", name: "key" });
        }
        await world.host.run(...CHANGES);
      }
      expect(new Set(outcomes)).toEqual(new Set(["lost", "confirmed"]));
      expect(outcomes.indexOf("confirmed")).toBeGreaterThan(outcomes.lastIndexOf("lost"));
      expect(await world.contents("shop")).toEqual(held);
      await world.host.run("DROP DATABASE IF EXISTS aside SYNC", ...CHANGES);
      await world.connections.remove({ type: "CREDENTIAL", schema: "aside", name: "key" });
    },
    300_000,
  );

  test("what the console keeps comes back, and what was there is moved aside", async () => {
    const [key, aside] = [
      { type: "CREDENTIAL" as const, schema: "shop", name: "key" },
      { type: "CREDENTIAL" as const, schema: "aside", name: "key" },
    ];
    await world.connections.remove(key);
    await world.connections.make(key, "CREATE CREDENTIAL shop.key changed");
    await world.restore("shop", { policy: "rename", objects: [key] });
    expect(await world.connections.definition(key)).toBe("CREATE CREDENTIAL shop.key held");
    expect(await world.connections.definition(aside)).toBe("CREATE CREDENTIAL shop.key changed");
  });
});

describe("a store that is not what it was", () => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(...SHOP);
    await world.create("shop", [{ type: "ALL", name: "shop" }]);
    await world.host.run("INSERT INTO shop.orders (n, s) SELECT number, 'more' FROM numbers(70)");
    await world.add("shop");
    held = await world.contents("shop");
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ELSEWHERE = { targetSchemas: new Map([["shop", "elsewhere"]]) };

  test("is restored from where it was moved to", async () => {
    const root = join(world.host.backupRoot, "moved");
    await mkdir(root, { mode: 0o700 });
    await cp(join(world.host.backupRoot, "shop"), join(root, "shop"), { recursive: true });
    const store = await storeAt(world.host, root);
    await overwriteBelow(join(world.host.backupRoot, "shop"), ".backup");
    await world.restore("shop", { ...ELSEWHERE, store });
    expect(await world.contents("elsewhere")).toEqual(held);
    await world.host.run("DROP DATABASE elsewhere SYNC");
    await cp(join(root, "shop"), join(world.host.backupRoot, "shop"), { recursive: true });
  });

  test("is not believed when another console signed it", async () => {
    const store = await storeAt(world.host, world.host.backupRoot, aSealer());
    await expect(world.restore("shop", { ...ELSEWHERE, store })).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test("is found out with CHECKSUM before anything is restored", async () => {
    await overwriteBelow(join(world.host.backupRoot, "shop"), "data.bin");
    const error = await world.restore("shop", { ...ELSEWHERE, checksum: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "backup-unusable" });
    const without = await world.restore("shop", ELSEWHERE).catch((thrown: unknown) => thrown);
    expect(without).toBeInstanceOf(SnapdeckError);
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.contents("elsewhere")).toEqual({});
    expect(await world.staging()).toEqual([]);
  });

  async function overwriteBelow(root: string, name: string): Promise<void> {
    const found = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(`/${name}`));
    expect(found.length).toBeGreaterThan(0);
    for (const path of found) await overwrite(join(root, path));
  }
});
