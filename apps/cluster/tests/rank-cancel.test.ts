import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, connect, type SpawnedRank, scalarOf, spawnRank, until } from "./spawn-rank.ts";

let rank: SpawnedRank;
let client: Client;

beforeEach(async () => {
  rank = await spawnRank();
  client = connect(rank);
});

afterEach(async () => {
  await client.close();
  await rank[Symbol.asyncDispose]();
});

const ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))";
const RUNNING = "SELECT count() FROM system.processes WHERE query NOT LIKE '%system.processes%'";

function runs(count: number): Promise<void> {
  return until(async () => (await scalarOf(client, RUNNING)) === String(count));
}

/** A statement in a request that the test can hang up on. */
function start(sql: string) {
  const headers = { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password };
  const request = httpRequest({ host: "127.0.0.1", port: rank.port, path: "/", method: "POST", headers });
  request.on("error", () => undefined);
  request.on("response", (response) => response.on("error", () => undefined).pause());
  request.end(sql);
  return request;
}

describe("a connection that closes", () => {
  it.each([
    ["that computes", ENDLESS],
    ["that streams to a reader who has stopped", "SELECT * FROM numbers(1000000000000)"],
    ["whose format has no rows to stream", "SELECT * FROM numbers(1000000000000) FORMAT JSON"],
    ["that inserts from a select", "INSERT INTO FUNCTION null('n UInt64') SELECT * FROM numbers(1000000000000)"],
    ["that sleeps", "SELECT sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1"],
  ])("cancels the statement %s", async (_, sql) => {
    const request = start(sql);
    await runs(1);
    request.destroy();
    await runs(0);
    expect(await scalarOf(client, "SELECT 1")).toBe("1");
  });

  it("cancels what the official client aborts, and a client that is closed", async () => {
    const aborter = new AbortController();
    const aborted = client.query({ query: ENDLESS, abort_signal: aborter.signal }).catch(() => "aborted");
    const other = connect(rank);
    const closed = other.query({ query: ENDLESS }).catch(() => "closed");
    await runs(2);
    aborter.abort();
    expect(await aborted).toBe("aborted");
    await runs(1);
    await other.close();
    expect(await closed).toBe("closed");
    await runs(0);
  });

  it("does not cancel a backup that was started in the background", async () => {
    await client.command({ query: "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
    await client.command({ query: "INSERT INTO t SELECT number, randomString(100) FROM numbers(200000)" });
    const slow = "SETTINGS id = 'slow', max_backup_bandwidth = 10000000";
    await client.command({ query: `BACKUP TABLE t TO File('a/b') ${slow} ASYNC` });
    await client.close();
    client = connect(rank);
    const status = "SELECT status FROM system.backups WHERE id = 'slow'";
    expect(await scalarOf(client, status)).toBe("CREATING_BACKUP");
    await until(async () => (await scalarOf(client, status)) !== "CREATING_BACKUP");
    expect(await scalarOf(client, status)).toBe("BACKUP_CREATED");
  });
});

describe("KILL QUERY", () => {
  it("finds a statement by the id that the client gave it", async () => {
    const running = client.query({ query: ENDLESS, query_id: "my-query" });
    const failure = running.catch((error: unknown) => error);
    await runs(1);
    await client.command({ query: "KILL QUERY WHERE query_id = 'my-query' SYNC" });
    expect(await failure).toMatchObject({ code: "394", type: "QUERY_WAS_CANCELLED" });
    await runs(0);
  });
});

describe("drain", () => {
  it("lets running statements end and refuses new ones", async () => {
    const running = scalarOf(
      client,
      "SELECT 'done' FROM numbers(10) WHERE sleepEachRow(0.1) = 0 LIMIT 1 BY 1 SETTINGS max_block_size = 1",
    );
    await runs(1);
    rank.send({ type: "drain", timeoutMs: 60_000 });
    expect(await rank.report((report) => report.type === "draining")).toEqual({ type: "draining", queriesLeft: 1 });
    const refused = await fetch(rank.url, {
      method: "POST",
      body: "SELECT 1",
      headers: { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password },
    });
    expect([refused.status, refused.headers.get("x-clickhouse-exception-code")]).toEqual([503, "236"]);
    expect(await refused.text()).toMatch(/^Code: 236\. DB::Exception: Rank 0 takes no statements/);
    expect(await client.ping()).toEqual({ success: true });
    expect(await running).toBe("done");
    expect(await rank.report((report) => report.type === "drained")).toEqual({ type: "drained", queriesKilled: 0 });
    expect(rank.reports.at(-2)).toEqual({ type: "draining", queriesLeft: 0 });
  });

  it("kills what is left when its time is over, also backups in the background, which leave nothing behind", async () => {
    const { readdir } = await import("node:fs/promises");
    await client.command({ query: "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
    await client.command({ query: "SYSTEM STOP MERGES t" });
    // A backup hears a KILL between two files only, so that one in many parts is canceled soon.
    for (let part = 0; part < 20; part += 1) {
      await client.command({ query: "INSERT INTO t SELECT number, randomString(100) FROM numbers(30000)" });
    }
    await client.command({ query: "BACKUP TABLE t TO File('x/y') SETTINGS max_backup_bandwidth = 3000000 ASYNC" });
    const failure = client.query({ query: ENDLESS }).catch((error: unknown) => error);
    await until(async () => Number(await scalarOf(client, RUNNING)) >= 1);
    rank.send({ type: "drain", timeoutMs: 0 });
    expect(await rank.report((report) => report.type === "drained")).toEqual({ type: "drained", queriesKilled: 2 });
    expect(await failure).toMatchObject({ code: "394" });
    const left = await readdir(rank.storeRoot, { recursive: true });
    expect(left.filter((name) => /lock|backup/.test(name))).toEqual([]);
  });
});
