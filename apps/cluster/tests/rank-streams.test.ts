import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Client,
  connect,
  residentBytes,
  rowsOf,
  type SpawnedRank,
  scalarOf,
  spawnRank,
  until,
} from "./spawn-rank.ts";

let rank: SpawnedRank;
let client: Client;

beforeAll(async () => {
  rank = await spawnRank();
  client = connect(rank);
});

afterAll(async () => {
  await client.close();
  await rank[Symbol.asyncDispose]();
});

/** A raw response, so that a test can be as slow to read as it likes. */
function open(sql: string): Promise<IncomingMessage> {
  const headers = { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: rank.port, path: "/", method: "POST", headers };
    httpRequest(options, resolve).on("error", reject).end(sql);
  });
}

describe("a streamed result", () => {
  it("of 300 MB passes through in bounded memory", async () => {
    await scalarOf(client, "SELECT count() FROM numbers(1000000)");
    const before = residentBytes(rank.pid);
    // Small blocks, because the engine itself keeps about ten of them while it formats: 200 MB of the usual size.
    const query = "SELECT number AS n, repeat('x', 290) AS s FROM numbers(1000000) SETTINGS max_block_size = 4096";
    const result = await client.query({ query, format: "JSONEachRow" });
    let rows = 0;
    let bytes = 0;
    let peak = 0;
    for await (const part of result.stream()) {
      rows += part.length;
      for (const row of part) bytes += row.text.length;
      peak = Math.max(peak, residentBytes(rank.pid));
    }
    expect(rows).toBe(1_000_000);
    expect(bytes).toBeGreaterThan(300e6);
    expect(peak - before).toBeLessThan(150e6);
  });

  it("waits for a slow reader, and the engine waits with it", async () => {
    const response = await open("SELECT number FROM numbers(20000000) FORMAT RowBinary");
    response.pause();
    const readRows = "SELECT max(read_rows) FROM system.processes WHERE query LIKE '%numbers(20000000) %'";
    let seen = "";
    // Paused, the count stands still: two looks in a row that agree, with other statements run between them.
    await until(async () => {
      const last = seen;
      for (let look = 0; look < 20; look += 1) seen = await scalarOf(client, readRows);
      return seen !== "0" && seen === last;
    });
    expect(Number(seen)).toBeLessThan(10_000_000);
    expect(residentBytes(rank.pid)).toBeLessThan(1.5e9);
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    expect(bytes).toBe(160_000_000);
  });

  it("that fails in the middle ends with ClickHouse's error, for rows and for documents", async () => {
    const query =
      "SELECT toString(number) AS n, throwIf(number = 500000) AS t FROM numbers(1000000) SETTINGS max_threads = 1";
    const rows = await client.query({ query, format: "JSONEachRow" });
    let count = 0;
    const read = async () => {
      for await (const part of rows.stream()) count += part.length;
    };
    await expect(read()).rejects.toMatchObject({ code: "395", type: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO" });
    expect(count).toBeGreaterThan(0);
    const document = await client.query({ query, format: "JSON" });
    await expect(document.json()).rejects.toThrow();
    const zipped = connect(rank, { compression: { response: true } });
    const text = await zipped.query({ query, format: "CSV" });
    await expect(text.text()).rejects.toThrow();
    await zipped.close();
  });

  it("that fails in the middle still gets its status when the client waits for the end", async () => {
    const query = "SELECT number, throwIf(number = 300000) FROM numbers(400000) SETTINGS max_threads = 1";
    const asked = client.query({ query, format: "CSV", clickhouse_settings: { wait_end_of_query: 1 } });
    await expect(asked).rejects.toMatchObject({ code: "395" });
  });
});

describe("many at a time", () => {
  it("200 small queries are all answered, each with its own parameters", async () => {
    const many = connect(rank, { max_open_connections: 200 });
    const query = "SELECT {n:UInt32} AS n, sum(number) AS s FROM numbers({n:UInt32})";
    const all = Array.from({ length: 200 }, (_, n) => rowsOf<{ n: number; s: number }>(many, query, { n }));
    const answers = (await Promise.all(all)).flat();
    await many.close();
    expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => ({ n, s: n === 0 ? 0 : (n * (n - 1)) / 2 })));
  });

  it("short queries pass while eight long ones run, also with parameters", async () => {
    const long = Array.from({ length: 8 }, (_, n) => {
      const aborter = new AbortController();
      const query = `SELECT sum(cityHash64(number, {n:UInt8})) FROM numbers(200000000000)`;
      const answer = client.query({ query, query_params: { n }, abort_signal: aborter.signal, format: "CSV" });
      return { aborter, answer: answer.then((result) => result.text()).catch(() => "aborted") };
    });
    const running = "SELECT count() FROM system.processes WHERE query LIKE '%200000000000%' AND query_kind = 'Select'";
    await until(async () => (await rowsOf<{ c: number }>(client, `SELECT (${running}) - 1 AS c`))[0]?.c === 8);
    const memory = residentBytes(rank.pid);
    for (let poll = 0; poll < 40; poll += 1) {
      expect(await rowsOf(client, "SELECT id FROM system.backups WHERE id = {id:String}", { id: "none" })).toEqual([]);
    }
    // Sessions of answered requests are given back at once, not when the long ones end.
    expect(residentBytes(rank.pid) - memory).toBeLessThan(100e6);
    for (const { aborter } of long) aborter.abort();
    expect(await Promise.all(long.map(({ answer }) => answer))).toEqual(Array.from({ length: 8 }, () => "aborted"));
    await until(async () => (await scalarOf(client, "SELECT count() FROM system.processes")) === "1");
  });
});
