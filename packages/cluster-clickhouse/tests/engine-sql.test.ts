import { MAX_SQL_ROWS } from "@snapdeck/contract/sql";
import type { EngineSql } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { EmbeddedHost, NEVER } from "./embedded-host.ts";

let host: EmbeddedHost;
let sql: EngineSql;

beforeAll(async () => {
  host = await EmbeddedHost.start({ ranks: 2 });
  sql = (await host.cluster()).sql;
});
afterAll(() => host[Symbol.asyncDispose]());

const run = (statement: string) => sql.run(statement, NEVER);

describe("A statement for the engine", () => {
  test("answers its rows with their columns, and no digit of a number is lost", async () => {
    const query = `SELECT 18446744073709551615 AS big, toDecimal64('1.25', 2) AS decimal, 7::UInt8 AS small, 'a\tb' AS text,
      NULL AS nothing, [1, 2]::Array(UInt64) AS list, true AS yes, nan AS odd`;
    expect(await run(query)).toEqual({
      columns: ["big", "decimal", "small", "text", "nothing", "list", "yes", "odd"],
      rows: [["18446744073709551615", "1.25", 7, "a\tb", null, '["1","2"]', true, "nan"]],
      isCut: false,
    });
  });

  test("that has no rows to answer says so, and what answers without SELECT answers too", async () => {
    expect(await run("SELECT 1 AS n WHERE 0")).toEqual({ columns: ["n"], rows: [], isCut: false });
    expect(await run("CREATE TABLE empty (a UInt8) ENGINE = Memory")).toEqual({ columns: [], rows: [], isCut: false });
    expect(await run("EXISTS TABLE empty")).toEqual({ columns: ["result"], rows: [[1]], isCut: false });
  });

  test("that asks for a format of its own answers its lines", async () => {
    expect(await run("SELECT number, 'x' FROM numbers(2) FORMAT CSV")).toEqual({
      columns: ["result"],
      rows: [['0,"x"'], ['1,"x"']],
      isCut: false,
    });
  });

  test("that answers more rows than anybody reads is cut, and ends", async () => {
    const { rows, isCut } = await run("SELECT number FROM numbers(1000000000000)");
    expect(rows).toHaveLength(MAX_SQL_ROWS);
    expect(isCut).toBe(true);
    const whole = await run(`SELECT number FROM numbers(${MAX_SQL_ROWS})`);
    expect(whole.rows).toHaveLength(MAX_SQL_ROWS);
    expect(whole.isCut).toBe(false);
  });

  test("that copies more rows than anybody reads copies them all", async () => {
    await run("CREATE TABLE many (n UInt64) ENGINE = MergeTree ORDER BY n");
    await run("INSERT INTO many SELECT number FROM numbers(100000)");
    expect((await run("SELECT count() FROM many")).rows).toEqual([["100000"]]);
    await run("CREATE TABLE more ENGINE = MergeTree ORDER BY n AS SELECT n FROM many");
    expect((await run("SELECT count() FROM more")).rows).toEqual([["100000"]]);
  });

  test("may bring its rows along", async () => {
    await run("CREATE TABLE brought (a UInt8, b String) ENGINE = Memory");
    await run('INSERT INTO brought FORMAT JSONEachRow {"a": 1, "b": "one"} {"a": 2, "b": "two;"}');
    await run("INSERT INTO brought VALUES (3, 'three')");
    expect((await run("SELECT * FROM brought ORDER BY a")).rows).toEqual([
      [1, "one"],
      [2, "two;"],
      [3, "three"],
    ]);
  });

  test("that the engine refuses, or that fails among its rows, fails in the engine's words", async () => {
    await expect(run("SELEC 1")).rejects.toMatchObject({ code: "engine-failed" });
    await expect(run("SELECT throwIf(number = 9000, 'halfway') FROM numbers(9001)")).rejects.toMatchObject({
      code: "engine-failed",
      detail: expect.stringContaining("halfway"),
    });
  });

  test("that may hold a secret and is refused is not repeated", async () => {
    const thrown = await run(
      "CREATE USER eve IDENTIFIED WITH plaintext_password BY 'hunter2' 'hunter2' FOR EVER",
    ).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "engine-failed", cause: undefined });
    expect(String(thrown)).not.toContain("hunter2");
  });

  test("ends when nobody waits for it any more", async () => {
    const gone = new AbortController();
    const running = sql.run("SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size = 1", gone.signal);
    const Row = z.object({ n: z.union([z.string(), z.number()]).transform(Number) });
    const asleep =
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'";
    const sleepers = async () => (await host.ask(Row, asleep)).reduce((sum, { n }) => sum + n, 0);
    await host.until(async () => (await sleepers()) === 1);
    gone.abort();
    await expect(running).rejects.toThrow();
    await host.until(async () => (await sleepers()) === 0);
  });
});

describe("A schema", () => {
  const Name = z.object({ name: z.string() });
  const ranksWith = async (name: string) =>
    (await host.ask(Name, "SELECT name FROM system.databases")).filter((row) => row.name === name).length;

  test("is made on every rank, and only once", async () => {
    await sql.createSchema("odd `name`", false);
    expect(await ranksWith("odd `name`")).toBe(2);
    await expect(sql.createSchema("odd `name`", false)).rejects.toMatchObject({ code: "schema-exists" });
    await sql.createSchema("odd `name`", true);
    await sql.dropSchema("odd `name`", { ifExists: false, cascade: false });
    expect(await ranksWith("odd `name`")).toBe(0);
  });

  test("that holds something is dropped only with CASCADE", async () => {
    await sql.createSchema("full", false);
    await host.run("CREATE TABLE full.t (a UInt8) ENGINE = MergeTree ORDER BY a");
    await expect(sql.dropSchema("full", { ifExists: false, cascade: false })).rejects.toMatchObject({
      code: "schema-not-empty",
      detail: "schema full holds 1 object; nothing was changed",
    });
    await sql.dropSchema("full", { ifExists: false, cascade: true });
    expect(await ranksWith("full")).toBe(0);
  });

  test("that is not there is dropped only where that is fine, and the engine's own never", async () => {
    await expect(sql.dropSchema("no", { ifExists: false, cascade: true })).rejects.toMatchObject({
      code: "schema-not-found",
    });
    await sql.dropSchema("no", { ifExists: true, cascade: true });
    for (const own of ["system", "default", "information_schema"]) {
      await expect(sql.dropSchema(own, { ifExists: true, cascade: true })).rejects.toMatchObject({
        code: "not-supported",
      });
    }
  });
});
