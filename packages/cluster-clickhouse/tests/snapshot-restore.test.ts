import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { RestoreWorld } from "./restore-world.ts";

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
  "CREATE VIEW shop.big AS SELECT o.n, doubled(o.n) AS twice FROM shop.orders AS o WHERE o.n IN (SELECT n FROM shop.log)",
  "CREATE VIEW shop.bigger AS SELECT count() AS c FROM shop.big",
  "CREATE MATERIALIZED VIEW shop.totals ENGINE = SummingMergeTree ORDER BY k AS SELECT n % 10 AS k, 1 AS c FROM shop.orders",
  "INSERT INTO shop.orders (n, s) SELECT number, 'late' FROM numbers(500)",
];

let world: RestoreWorld;
beforeAll(async () => {
  world = await RestoreWorld.open();
  await world.host.run(...SHOP);
});
afterAll(() => world[Symbol.asyncDispose]());

test("what was taken is restored into another schema, views included", async () => {
  const held = await world.contents("shop");
  await world.create("first", [{ type: "ALL", name: "shop" }]);
  const evidence = await world.restore("first", { targetSchemas: new Map([["shop", "shop2"]]), checksum: true });
  expect(evidence).toMatchObject({ kind: "database-backup", deed: "restore", backups: ["first"] });
  expect(await world.contents("shop2")).toEqual(held);
  expect(await world.contents("shop")).toEqual(held);
  const [view] = await world.host.ask(
    z.object({ ddl: z.string() }),
    "SELECT create_table_query AS ddl FROM system.tables WHERE database = 'shop2' AND name = 'big'",
  );
  expect(view?.ddl).not.toContain("shop.");
  expect(await world.staging()).toEqual([]);
  await world.host.run("DROP DATABASE shop2 SYNC");
});
