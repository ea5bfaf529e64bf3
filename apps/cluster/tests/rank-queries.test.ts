import { TupleParam } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect, rowsOf, type SpawnedRank, scalarOf, spawnRank } from "./spawn-rank.ts";

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

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password, ...init.headers };
  return fetch(`${rank.url}${path}`, { ...init, headers });
}

describe("a query through the official client", () => {
  it("answers both kinds of ping", async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  it.each([
    "JSON",
    "JSONStrings",
    "JSONCompact",
    "JSONCompactStrings",
    "JSONColumnsWithMetadata",
    "JSONObjectEachRow",
    "JSONEachRow",
    "JSONStringsEachRow",
    "JSONCompactEachRow",
    "JSONCompactEachRowWithNamesAndTypes",
    "CSV",
    "CSVWithNames",
    "CSVWithNamesAndTypes",
    "TabSeparated",
    "TabSeparatedRaw",
    "TabSeparatedWithNamesAndTypes",
    "CustomSeparated",
  ] as const)("answers %s as one document, over many blocks of rows", async (format) => {
    const query = "SELECT number AS n, 'ö\\t\"' AS s FROM numbers(200000) SETTINGS max_block_size = 1000";
    const text = await (await client.query({ query, format })).text();
    if (/^JSON.*EachRow/.test(format) && format !== "JSONObjectEachRow") {
      const lines = text.trimEnd().split("\n");
      expect(lines).toHaveLength(format.includes("Names") ? 200_002 : 200_000);
      expect(JSON.parse(lines.at(-1) ?? "")).toBeTruthy();
    } else if (format.startsWith("JSON")) {
      expect(Object.keys(JSON.parse(text)).length).toBeGreaterThan(1);
    } else {
      expect(text.match(/199999/g)).toHaveLength(1);
      expect(text.match(/UInt64/g) ?? []).toHaveLength(format.endsWith("Types") ? 1 : 0);
    }
  });

  it.each(["Parquet", "Native", "RowBinaryWithNamesAndTypes", "Arrow", "ORC"])(
    "hands over %s byte by byte",
    async (format) => {
      const select = "SELECT number AS n, char(0, 255, number % 256) AS s FROM numbers(300000)";
      const response = await ask(`/?default_format=${format}`, { method: "POST", body: select });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("x-clickhouse-format")).toBe(format);
      await client.command({ query: "CREATE OR REPLACE TABLE copy (n UInt64, s String) ENGINE = Memory" });
      const into = encodeURIComponent(`INSERT INTO copy FORMAT ${format}`);
      const inserted = await ask(`/?query=${into}`, { method: "POST", body: bytes });
      expect(await inserted.text()).toBe("");
      const hash = "SELECT count(), groupBitXor(cityHash64(n, s)) FROM";
      expect(await scalarOf(client, `${hash} copy`)).toBe(await scalarOf(client, `${hash} (${select})`));
    },
  );

  it("answers SHOW, DESCRIBE, EXPLAIN and EXISTS", async () => {
    await client.command({ query: "CREATE TABLE shown (a UInt8) ENGINE = Memory" });
    expect(await rowsOf(client, "SHOW TABLES LIKE 'shown'")).toEqual([{ name: "shown" }]);
    expect(await rowsOf(client, "DESCRIBE TABLE shown")).toHaveLength(1);
    expect(await rowsOf(client, "EXISTS TABLE shown")).toEqual([{ result: 1 }]);
    expect(await rowsOf(client, "EXPLAIN SELECT 1")).not.toHaveLength(0);
  });

  it("binds parameters of every type, and none of them becomes SQL", async () => {
    const query = `SELECT {s:String} AS s, {n:UInt64} AS n, {f:Float64} AS f, {a:Array(String)} AS a, {d:DateTime64(3)} AS d,
      {t:Tuple(UInt8, String)} AS t, {m:Map(String, UInt8)} AS m, {z:Nullable(String)} AS z, {b:Bool} AS b`;
    const nasty = "it's \\ \t\n\r ' OR 1=1; DROP TABLE x -- {s:String} \u{1f600}";
    const params = {
      ...{ s: nasty, n: 2n ** 63n, f: 0.5, a: [nasty, "b"], d: new Date("2026-01-02T03:04:05.678Z"), z: null, b: true },
      ...{ t: new TupleParam([1, nasty]), m: { k: 1 } },
    };
    const [row] = await rowsOf<Record<string, unknown>>(client, query, params);
    expect(row).toEqual({
      ...{
        s: nasty,
        n: 2 ** 63,
        f: 0.5,
        a: [nasty, "b"],
        d: "2026-01-02 03:04:05.678",
        z: null,
        b: true,
      },
      ...{ t: [1, nasty], m: { k: 1 } },
    });
    expect(await rowsOf(client, "SELECT {c:Identifier} FROM numbers(1)", { c: "number" })).toEqual([{ number: 0 }]);
  });

  it("says when a parameter is missing, though an earlier request had one of that name", async () => {
    await rowsOf(client, "SELECT {left_over:String}", { left_over: "secret" });
    await expect(rowsOf(client, "SELECT {left_over:String}")).rejects.toMatchObject({ code: "456" });
  });

  it("takes parameters from a multipart body", async () => {
    const query = "SELECT {a:String} AS a, {b:Array(UInt8)} AS b";
    const query_params = { a: "x\ty\r\n--z", b: [1, 2] };
    const result = await client.query({ query, query_params, format: "JSONEachRow", use_multipart_params: true });
    expect(await result.json()).toEqual([{ a: "x\ty\r\n--z", b: [1, 2] }]);
  });
});

describe("settings and databases", () => {
  it("hold for their own request only", async () => {
    const query = "SELECT getSetting('max_threads') AS threads, currentDatabase() AS db";
    const own = await client.query({ query, format: "JSONEachRow", clickhouse_settings: { max_threads: 1 } });
    expect(await own.json()).toMatchObject([{ threads: 1 }]);
    await client.command({ query: "SET max_threads = 1" });
    await client.command({ query: "CREATE DATABASE IF NOT EXISTS `odd ``name`" });
    await client.command({ query: "USE `odd ``name`" });
    await client.command({ query: "CREATE TEMPORARY TABLE mine (a UInt8)" });
    expect(await rowsOf(client, query)).toEqual([
      { threads: expect.not.toSatisfy((threads) => threads === 1), db: "default" },
    ]);
    expect(await rowsOf(client, "EXISTS TEMPORARY TABLE mine")).toEqual([{ result: 0 }]);
    const there = connect(rank, { database: "odd `name" });
    expect(await scalarOf(there, "SELECT currentDatabase()")).toBe("odd `name");
    await there.close();
  });

  it("that do not exist are refused with ClickHouse's codes", async () => {
    const unknown = await ask("/?nonsense=1", { method: "POST", body: "SELECT 1" });
    expect([unknown.status, unknown.headers.get("x-clickhouse-exception-code")]).toEqual([404, "115"]);
    const injected = await ask("/?max_threads%3D1,readonly=0", { method: "POST", body: "SELECT 1" });
    expect(injected.headers.get("x-clickhouse-exception-code")).toBe("115");
    const there = connect(rank, { database: "nowhere" });
    await expect(scalarOf(there, "SELECT 1")).rejects.toMatchObject({ code: "81" });
    await there.close();
  });

  it("make GET a request that changes nothing", async () => {
    const read = await ask(`/?query=${encodeURIComponent("SELECT 1 FORMAT CSV")}`);
    expect(await read.text()).toBe("1\n");
    for (const [sql, code] of [
      ["CREATE TABLE nope (a UInt8) ENGINE = Memory", "164"],
      ["INSERT INTO shown SELECT 1", "164"],
      ["SET readonly = 0", "164"],
    ]) {
      const write = await ask(`/?query=${encodeURIComponent(sql ?? "")}`);
      expect([sql, write.status, write.headers.get("x-clickhouse-exception-code")]).toEqual([sql, 500, code]);
    }
    const one = await ask("/?readonly=1", { method: "POST", body: "CREATE TABLE nope (a UInt8) ENGINE = Memory" });
    expect(one.headers.get("x-clickhouse-exception-code")).toBe("164");
  });
});

describe("an answer", () => {
  it("carries ClickHouse's headers", async () => {
    const response = await ask("/?query_id=my-id&default_format=JSONEachRow", {
      method: "POST",
      body: "SELECT * FROM numbers(1000)",
    });
    const { headers } = response;
    expect(headers.get("x-clickhouse-query-id")).toBe("my-id");
    expect(headers.get("x-clickhouse-format")).toBe("JSONEachRow");
    expect(headers.get("x-clickhouse-server-display-name")).toBe("snapdeck-rank-0");
    expect(headers.get("content-type")).toBe("application/x-ndjson; charset=UTF-8");
    expect(JSON.parse(headers.get("x-clickhouse-summary") ?? "")).toMatchObject({
      read_rows: "1000",
      read_bytes: "8000",
    });
  });

  it("is compressed when asked for, and only then", async () => {
    const body = "SELECT repeat('x', 1000) FROM numbers(1000)";
    const plain = await ask("/", { method: "POST", body, headers: { "accept-encoding": "gzip" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    const zipped = connect(rank, { compression: { response: true, request: true } });
    const result = await zipped.query({ query: body, format: "TabSeparated" });
    expect(result.response_headers["content-encoding"]).toBe("gzip");
    expect(await result.text()).toBe(await plain.text());
    await zipped.close();
    for (const encoding of ["br", "deflate"]) {
      const headers = { "accept-encoding": encoding };
      const other = await ask("/?enable_http_compression=1", { method: "POST", body, headers });
      expect([other.headers.get("content-encoding"), (await other.text()).length]).toEqual([encoding, 1_001_000]);
    }
  });

  it.each([
    ["SELECT * FROM nope", 404, "60", "UNKNOWN_TABLE"],
    ["SELECT * FROM nope.nope", 404, "81", "UNKNOWN_DATABASE"],
    ["SELECT nope", 404, "47", "UNKNOWN_IDENTIFIER"],
    ["SELECT 1 FROM", 400, "62", "SYNTAX_ERROR"],
    ["SELECT 1; SELECT 2", 400, "62", "SYNTAX_ERROR"],
    ["SELECT 1 FORMAT Nope", 404, "73", "UNKNOWN_FORMAT"],
    ["SELECT throwIf(number = 3) FROM numbers(9)", 500, "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"],
    [
      "SELECT sum(sleepEachRow(1)) FROM numbers(3) SETTINGS max_execution_time = 1, max_block_size = 1",
      408,
      "159",
      "TIMEOUT_EXCEEDED",
    ],
  ])("to %s is an error in ClickHouse's form", async (body, status, code, name) => {
    const response = await ask("/", { method: "POST", body });
    const text = await response.text();
    expect([response.status, response.headers.get("x-clickhouse-exception-code")]).toEqual([status, code]);
    expect(text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [^]+ \\(${name}\\) \\(version ${rank.engineVersion}\\)\n$`),
    );
    expect(text).not.toMatch(/OUTFILE '|snapdeck-rank-|rank-request/);
    if (!body.includes("FORMAT")) {
      await expect(client.query({ query: body, format: "CSV" })).rejects.toMatchObject({ code });
    }
  });

  it("to a statement that cannot be parsed shows the statement as it was written", async () => {
    const select = await (await ask("/", { method: "POST", body: "SELECT 1 FROM" })).text();
    expect(select).toContain("failed at position 14 (end of query)");
    const insert = await (await ask("/", { method: "POST", body: "INSERT INTO t (a,, b) FORMAT CSV\n1,2" })).text();
    expect(insert).toMatch(/failed at position 18 \(,\)/);
    expect(insert).not.toMatch(/INFILE '|snapdeck-rank-|rank-request/);
  });

  it("says what a rank does not do", async () => {
    const session = await ask("/?session_id=a", { method: "POST", body: "SELECT 1" });
    expect([session.status, await session.text()]).toEqual([501, expect.stringContaining("session_id")]);
    expect((await ask("/?compress=1", { method: "POST", body: "SELECT 1" })).status).toBe(501);
    expect((await ask("/nothing/here")).status).toBe(404);
    expect((await ask("/", { method: "DELETE" })).status).toBe(404);
  });
});

describe("authentication", () => {
  it("is asked of everybody, except for whether the rank is there", async () => {
    for (const path of ["/ping", "/replicas_status", "/"]) {
      const response = await fetch(`${rank.url}${path}`);
      expect([response.status, await response.text()]).toEqual([200, "Ok.\n"]);
    }
    const nobody = await fetch(`${rank.url}/?query=SELECT+1`);
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining("Basic")]);
    const wrong = connect({ ...rank, password: "wrong" });
    await expect(scalarOf(wrong, "SELECT 1")).rejects.toMatchObject({ code: "516", type: "AUTHENTICATION_FAILED" });
    expect(await wrong.ping({ select: true })).toMatchObject({ success: false });
    await wrong.close();
    const response = await fetch(`${rank.url}/?user=${rank.username}&password=wrong`, {
      method: "POST",
      body: "SELECT 1",
    });
    expect([response.status, response.headers.get("x-clickhouse-exception-code")]).toEqual([403, "516"]);
  });

  it("leaves no password and no SQL in the log", async () => {
    await scalarOf(client, "SELECT 'top secret'");
    expect(rank.log()).not.toContain(rank.password);
    expect(rank.log()).not.toContain("top secret");
  });
});
