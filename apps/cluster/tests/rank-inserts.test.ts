import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

beforeEach(async () => {
  const columns = "a UInt64, b String DEFAULT 'none', c UInt64 DEFAULT a * 2";
  await client.command({ query: `CREATE OR REPLACE TABLE t (${columns}) ENGINE = MergeTree ORDER BY a` });
});

function post(query: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const auth = { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password };
  const url = `${rank.url}/?query=${encodeURIComponent(query)}`;
  return fetch(url, { method: "POST", body, headers: { ...auth, ...headers } });
}

describe("an insert", () => {
  it("of values reports what was written, and fills in defaults", async () => {
    const result = await client.insert({ table: "t", values: [{ a: 1 }, { a: 2, b: "é\n" }], format: "JSONEachRow" });
    expect(result.summary).toMatchObject({ written_rows: "2" });
    expect(await rowsOf(client, "SELECT * FROM t ORDER BY a")).toEqual([
      { a: 1, b: "none", c: 2 },
      { a: 2, b: "é\n", c: 4 },
    ]);
  });

  it("takes columns, settings and parameters", async () => {
    const values = [{ a: 3, x: 1 }];
    const clickhouse_settings = { input_format_skip_unknown_fields: 1 } as const;
    await client.insert({ table: "t", columns: ["a"], values, format: "JSONEachRow", clickhouse_settings });
    await client.command({
      query: "INSERT INTO t (a, b) VALUES (4, {b:String}), (2 + 3, upper('x'));",
      query_params: { b: "it's" },
    });
    const withSettings = "INSERT INTO t SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow";
    expect((await post(withSettings, '{"a":6,"x":1}')).status).toBe(200);
    expect(await rowsOf(client, "SELECT a, b FROM t ORDER BY a")).toEqual([
      ...[
        { a: 3, b: "none" },
        { a: 4, b: "it's" },
        { a: 5, b: "X" },
      ],
      { a: 6, b: "none" },
    ]);
  });

  it("may have its statement and its data in the body", async () => {
    expect((await post("", 'INSERT INTO t (a, b) FORMAT CSV\n7,"x\ny"\n')).status).toBe(200);
    expect((await post("", "INSERT INTO t (a) SELECT number FROM numbers(3)")).status).toBe(200);
    expect(await scalarOf(client, "SELECT count(), countIf(b = 'x\\ny') FROM t")).toBe("4\t1");
  });

  it("of nothing is no error", async () => {
    expect((await post("INSERT INTO t FORMAT JSONEachRow", "")).status).toBe(200);
    await client.insert({ table: "t", values: Readable.from([]), format: "JSONEachRow" });
    expect(await scalarOf(client, "SELECT count() FROM t")).toBe("0");
  });

  it("of bytes that are no text keeps every one of them", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await client.command({ query: "CREATE OR REPLACE TABLE raw (s String) ENGINE = Memory" });
    const many = Buffer.concat(Array.from({ length: 4096 }, () => bytes));
    for (const blob of [bytes, many]) expect((await post("INSERT INTO raw FORMAT RawBLOB", blob)).status).toBe(200);
    const sum = "SELECT hex(s) FROM raw WHERE length(s) = 256";
    expect(await scalarOf(client, sum)).toBe(bytes.toString("hex").toUpperCase());
    expect(await scalarOf(client, "SELECT max(length(s)) FROM raw")).toBe(String(256 * 4096));
  });

  it("is decompressed when it comes compressed", async () => {
    const zipped = connect(rank, { compression: { request: true } });
    const values = Array.from({ length: 100_000 }, (_, a) => ({ a }));
    await zipped.insert({ table: "t", values, format: "JSONEachRow" });
    await zipped.close();
    const small = await post("INSERT INTO t (a) FORMAT CSV", gzipSync("1\n2\n"), { "content-encoding": "gzip" });
    expect(small.status).toBe(200);
    const broken = await post("INSERT INTO t (a) FORMAT CSV", "1\n2\n", { "content-encoding": "gzip" });
    expect([broken.status, broken.headers.get("x-clickhouse-exception-code")]).toEqual([500, "354"]);
    const unknown = await post("INSERT INTO t (a) FORMAT CSV", "1\n", { "content-encoding": "lzma" });
    expect(unknown.headers.get("x-clickhouse-exception-code")).toBe("89");
    expect(await scalarOf(client, "SELECT count() FROM t")).toBe("100002");
  });

  it("of half a million rows is streamed, in bounded memory", async () => {
    const rows = 500_000;
    const text = "x".repeat(400);
    async function* generate() {
      for (let a = 0; a < rows; a += 1) yield { a, b: text };
    }
    const before = residentBytes(rank.pid);
    const result = await client.insert({ table: "t", values: Readable.from(generate()), format: "JSONEachRow" });
    expect(result.summary).toMatchObject({ written_rows: String(rows) });
    expect(await scalarOf(client, "SELECT count(), uniqExact(a), sum(length(b)) FROM t")).toBe(
      `${rows}\t${rows}\t${rows * 400}`,
    );
    // 215 MB came in; the engine keeps blocks of a million rows at most.
    expect(residentBytes(rank.pid) - before).toBeLessThan(700e6);
  });

  it("that cannot be parsed says in which row, and the connection goes on", async () => {
    const values = Readable.from(Array.from({ length: 50_000 }, (_, a) => (a === 20_000 ? { a: "no" } : { a })));
    await expect(client.insert({ table: "t", values, format: "JSONEachRow" })).rejects.toMatchObject({ code: "27" });
    await expect(client.insert({ table: "nope", values: [{ a: 1 }], format: "JSONEachRow" })).rejects.toMatchObject({
      code: "60",
    });
    const big = Readable.from(Array.from({ length: 100_000 }, (_, a) => ({ a })));
    await expect(client.insert({ table: "nope", values: big, format: "JSONEachRow" })).rejects.toMatchObject({
      code: "60",
    });
    expect(await scalarOf(client, "SELECT 1")).toBe("1");
  });

  it("that is cut off in the middle is not taken for a whole one", async () => {
    const headers = { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password };
    const path = `/?query=${encodeURIComponent("INSERT INTO t (a) FORMAT CSV")}`;
    for (const rows of [10, 200_000]) {
      const request = httpRequest({ host: "127.0.0.1", port: rank.port, path, method: "POST", headers });
      request.on("error", () => undefined);
      const data = Array.from({ length: rows }, (_, index) => `${index}\n`).join("");
      await new Promise<void>((resolve) => request.write(data, () => resolve()));
      const running = "SELECT count() FROM system.processes WHERE query_kind = 'Insert'";
      if (rows > 10) await until(async () => (await scalarOf(client, running)) === "1");
      request.destroy();
      await until(async () => (await scalarOf(client, running)) === "0");
    }
    expect(await scalarOf(client, "SELECT count() FROM t")).toBe("0");
  });
});
