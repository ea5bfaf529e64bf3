import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start({ ranks: 2 });
});
afterAll(() => host[Symbol.asyncDispose]());

async function checksum(table: string): Promise<{ rows: number; checksum: string }> {
  const { data } = await host.cluster();
  return data.checksum("d", table, NEVER);
}

describe("An empty cluster", () => {
  test("can be backed up", async () => {
    const cluster = await host.cluster();
    const order = aBackupOrder();
    expect(await confirmedBy(cluster.systemBackups.backUp(order, NEVER))).toMatchObject({ kind: "backup", rows: 0 });
    await confirmedBy(cluster.systemBackups.remove({ ...anOrder(), backupId: order.backupId }, NEVER));
  });
});

describe("Example data", () => {
  test("that is canceled while it is generated is removed again", async () => {
    const cluster = await host.cluster();
    const cancel = new AbortController();
    let last: WorkReport | undefined;
    for await (const report of cluster.data.loadExample(anOrder(), cancel.signal)) {
      last = report;
      if (report.type === "progress" && report.ranks.every(({ bytesDone }) => bytesDone > 0)) cancel.abort();
    }
    expect(last).toEqual({ type: "stopped" });
    expect((await cluster.data.inventory()).databases.map(({ name }) => name)).toEqual(["default"]);
  });

  test("that was half loaded when the server died is removed and reported lost", async () => {
    const cluster = await host.cluster();
    const order = anOrder();
    for await (const report of cluster.data.loadExample(order, NEVER)) {
      if (report.type === "progress" && report.ranks.every(({ bytesDone }) => bytesDone > 0)) break;
    }
    const taken = await reportsOf(cluster.data.loadExample({ ...order, attempt: 2, takeUp: true }, NEVER));
    expect(taken.at(-1)).toMatchObject({ type: "lost" });
    expect((await cluster.data.inventory()).databases.map(({ name }) => name)).toEqual(["default"]);
  });

  test("is about two million rows over all ranks, the same each time, and is not loaded twice", async () => {
    const cluster = await host.cluster();
    const order = anOrder();
    const evidence = await confirmedBy(cluster.data.loadExample(order, NEVER));
    expect(evidence).toMatchObject({ rows: 2_000_000, tables: 6 });
    expect(await confirmedBy(cluster.data.loadExample({ ...order, attempt: 2, takeUp: true }, NEVER))).toEqual(
      evidence,
    );
    const inventory = await cluster.data.inventory();
    expect(inventory).toMatchObject({ live: true, rows: 2_000_000 });
    const first = await cluster.data.checksum("shop", "orders", NEVER);
    await expect(confirmedBy(cluster.data.loadExample(anOrder(), NEVER))).rejects.toMatchObject({
      code: "cluster-not-empty",
    });
    // What is whole is the user's, whatever else asks for its removal.
    await cluster.data.discardExample();
    expect(await cluster.data.checksum("shop", "orders", NEVER)).toMatchObject({ checksum: first.checksum });
    await host.run("DROP DATABASE shop SYNC");
    await confirmedBy(cluster.data.loadExample(anOrder(), NEVER));
    expect(await cluster.data.checksum("shop", "orders", NEVER)).toMatchObject({ checksum: first.checksum });
  });
});

describe("A table's checksum", () => {
  const COLUMNS = `n Nullable(Int64), s String, f Float64, a Array(Nullable(String)), l LowCardinality(Nullable(String)),
    m Map(String, UInt8), t Tuple(Nullable(UInt8), String), x UInt64 MATERIALIZED 7, y UInt64 ALIAS 1`;
  const ROW = { n: "NULL", s: "''", f: "0.5", a: "['a', 'b']", l: "NULL", m: "map('k', 1)", t: "(NULL, 'x')" };
  const ENGINES = ["MergeTree ORDER BY tuple()", "Log", "StripeLog", "Memory"];

  beforeAll(() => host.run("CREATE DATABASE d"));

  async function checksumOf(row: Record<string, string>, engine = "Memory"): Promise<string> {
    await host.run(
      "DROP TABLE IF EXISTS d.v SYNC",
      `CREATE TABLE d.v (${COLUMNS}) ENGINE = ${engine}`,
      `INSERT INTO d.v SELECT ${Object.values(row).join(", ")}`,
    );
    return (await checksum("v")).checksum;
  }

  test.each([
    { name: "NULL and zero", change: { n: "0" } },
    { name: "NULL and the empty string", change: { l: "''" } },
    { name: "another string beside a NULL", change: { s: "'x'" } },
    { name: "a float's sign of zero", change: { f: "-0.0" } },
    { name: "where one string of an array ends", change: { a: "['ab', '']" } },
    { name: "the order in an array", change: { a: "['b', 'a']" } },
    { name: "a NULL in an array", change: { a: "['a', NULL]" } },
    { name: "a value of a map", change: { m: "map('k', 2)" } },
    { name: "a NULL in a tuple", change: { t: "(0, 'x')" } },
  ])("differs by $name", async ({ change }) => {
    expect(await checksumOf({ ...ROW, ...change })).not.toBe(await checksumOf(ROW));
  });

  test.each(ENGINES)("is the same in a table of %s, in any order and any parts", async (engine) => {
    const insert = (from: number) => `INSERT INTO d.o SELECT number, toString(number) FROM numbers(${from}, 500)`;
    await host.run(
      "DROP TABLE IF EXISTS d.o SYNC",
      `CREATE TABLE d.o (id UInt64, s String) ENGINE = ${engine}`,
      insert(500),
      insert(0),
    );
    const backwards = await checksum("o");
    await host.run(
      "DROP TABLE d.o SYNC",
      `CREATE TABLE d.o (id UInt64, s String) ENGINE = ${engine}`,
      "INSERT INTO d.o SELECT number, toString(number) FROM numbers(1000)",
    );
    const forwards = await checksum("o");
    expect(forwards).toMatchObject({ rows: 2_000, checksum: backwards.checksum });
  });

  test("counts equal rows: two are not none", async () => {
    await host.run("CREATE TABLE d.twice (id UInt64) ENGINE = Log");
    const none = await checksum("twice");
    await host.run("INSERT INTO d.twice VALUES (1), (1)");
    const two = await checksum("twice");
    expect(none).toMatchObject({ rows: 0, checksum: "0".repeat(32) });
    expect(two.checksum).not.toBe(none.checksum);
  });

  test("takes names that need quotes", async () => {
    await host.run(
      "CREATE TABLE d.`a ``b\\\\'c` (`x y` UInt64) ENGINE = Log",
      "INSERT INTO d.`a ``b\\\\'c` VALUES (1)",
    );
    expect((await checksum("a `b\\'c")).rows).toBe(2);
  });

  test("can be given up", async () => {
    const { data } = await host.cluster();
    await host.run("CREATE VIEW d.endless AS SELECT number FROM system.numbers");
    const given = data.checksum("d", "endless", AbortSignal.timeout(500));
    await expect(given).rejects.toThrow();
  });
});

describe("Servers that somebody else starts and stops", () => {
  async function plainServers(): Promise<ClickHouseCluster> {
    return host.cluster({}, { host: undefined, endpoints: await host.host.endpoints() });
  }

  test("are told by their traits, observed and backed up", async () => {
    const cluster = await plainServers();
    expect(cluster.traits).toMatchObject({ suspends: false, cancels: true, reportsBytes: true });
    expect(await cluster.lifecycle.observe()).toMatchObject({
      state: "running",
      ranks: [{ state: "up" }, { state: "up" }],
    });
    const order = aBackupOrder();
    await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    expect(await cluster.systemBackups.list()).toEqual([order.backupId]);
  });

  test("cannot be suspended, resumed or restored to", async () => {
    const cluster = await plainServers();
    const [backupId] = await cluster.systemBackups.list();
    if (backupId === undefined) throw new Error("there is no backup to restore");
    for (const work of [
      cluster.lifecycle.suspend(anOrder(), NEVER),
      cluster.lifecycle.resume(anOrder(), NEVER),
      cluster.systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER),
    ]) {
      await expect(reportsOf(work)).rejects.toMatchObject({ code: "not-supported" });
    }
  });
});

describe("A cluster's state", () => {
  test("is told while it is suspended by one server and the order is taken up by another", async () => {
    const order = anOrder();
    const first = await host.cluster();
    for await (const report of first.lifecycle.suspend(order, NEVER)) if (report.type === "phase") break;
    const second = await host.cluster();
    const evidence = await confirmedBy(second.lifecycle.suspend({ ...order, attempt: 2, takeUp: true }, NEVER));
    expect(evidence).toEqual({ kind: "suspend", ranksStopped: 2 });
    expect(await second.lifecycle.observe()).toMatchObject({ state: "suspended" });
    await expect(second.data.inventory()).rejects.toMatchObject({ code: "cluster-not-running" });
    await expect(second.systemBackups.estimate()).rejects.toMatchObject({ code: "cluster-not-running" });
    const lost = await reportsOf(second.lifecycle.resume({ ...anOrder(), takeUp: true }, NEVER));
    expect(lost.at(-1)).toMatchObject({ type: "lost" });
    const resumed = await confirmedBy(second.lifecycle.resume(anOrder(), NEVER));
    expect(resumed).toEqual({ kind: "resume", ranksStarted: 2 });
  });

  test("is unreachable, and never an error, when nobody answers", async () => {
    const cluster = await host.cluster({}, { host: { url: "http://127.0.0.1:1", token: "x" } });
    expect(await cluster.lifecycle.observe()).toMatchObject({ state: "unreachable", ranks: [] });
    await expect(cluster.data.inventory()).rejects.toMatchObject({ code: "cluster-unreachable" });
  });
});
