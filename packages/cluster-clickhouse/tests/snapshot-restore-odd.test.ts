import type { Evidence } from "@snapdeck/contract/job";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { confirmedBy, NEVER } from "./embedded-host.ts";
import { RestoreWorld } from "./restore-world.ts";

const Value = z.object({ value: z.coerce.string() });

describe.each(["odd", "default"])("objects of odd engines in schema %s", (schema) => {
  let world: RestoreWorld;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(
      `CREATE DATABASE IF NOT EXISTS ${schema}`,
      `CREATE TABLE ${schema}.words (n UInt64, s String) ENGINE = MergeTree ORDER BY n`,
      `INSERT INTO ${schema}.words SELECT number, toString(number) FROM numbers(10)`,
      `CREATE DICTIONARY ${schema}.dict (n UInt64, s String) PRIMARY KEY n
        SOURCE(CLICKHOUSE(DB '${schema}' TABLE 'words')) LAYOUT(FLAT()) LIFETIME(0)`,
      `CREATE TABLE ${schema}.buffer (n UInt64, s String) ENGINE = Buffer('${schema}', 'words', 1, 1000, 1000, 10000, 10000, 1000000, 1000000)`,
    );
    await world.create("b", [{ type: "ALL", name: schema }]);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const objects = [{ type: "ALL", name: schema }] as const;
  const one = async (query: string) => (await world.host.ask(Value, `SELECT ${query} AS value`))[0]?.value;
  const rows = (table: string) => one(`(SELECT count() FROM ${table})`);

  test("are replaced, dictionaries too, and what an old buffer held does not come into the restored table", async () => {
    await world.host.run(`INSERT INTO ${schema}.buffer VALUES (77, 'waits')`);
    await world.restore("b", { objects, policy: "replace" });
    expect(await rows(`${schema}.words`)).toBe("10");
    expect(await rows(`${schema}.buffer`)).toBe("10");
    expect(await one(`dictGet('${schema}.dict', 's', toUInt64(7))`)).toBe("7");
    expect(await world.staging()).toEqual([]);
  });

  test("are moved aside, and the buffer's rows are with the table that stood behind it", async () => {
    await world.host.run(`INSERT INTO ${schema}.buffer VALUES (77, 'waits')`);
    await world.restore("b", { objects, policy: "rename", renamedObjectsSchema: "aside" });
    expect(await rows(`${schema}.words`)).toBe("10");
    expect(await rows("aside.words")).toBe("11");
    expect(await one(`dictGet('${schema}.dict', 's', toUInt64(7))`)).toBe("7");
    expect(await world.staging()).toEqual([]);
    await world.host.run("DROP DATABASE aside SYNC");
  });
});

describe("a snapshot", () => {
  let world: RestoreWorld;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(
      "CREATE DATABASE odd",
      "CREATE TABLE odd.rows (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO odd.rows SELECT number, 'a' FROM numbers(10)",
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const objects = [{ type: "ALL", name: "odd" }] as const;

  test("says which rows wait in buffers, and which changes the engine has not carried out", async () => {
    await world.host.run(
      "CREATE TABLE odd.buffer (n UInt64, s String) ENGINE = Buffer('odd', 'rows', 1, 1000, 1000, 10000, 10000, 1000000, 1000000)",
      "INSERT INTO odd.buffer VALUES (77, 'waits')",
      "SYSTEM STOP MERGES odd.rows",
      "ALTER TABLE odd.rows UPDATE s = 'b' WHERE 1 SETTINGS mutations_sync = 0",
    );
    const { warning } = await taken("full");
    expect(warning).toMatch(/wait in these buffers are not in the snapshot; OPTIMIZE TABLE .*: odd\.buffer/);
    expect(warning).toMatch(/had taken and not carried out are not in the snapshot: odd\.rows/);
    await world.host.run(
      "OPTIMIZE TABLE odd.buffer",
      "SYSTEM START MERGES odd.rows",
      "ALTER TABLE odd.rows UPDATE s = 'c' WHERE 1 SETTINGS mutations_sync = 2",
    );
    expect(await taken("incremental")).not.toHaveProperty("warning");
    await world.host.run("DROP TABLE odd.buffer");
  });

  test("of a view that refreshes itself is restored as it was: it waits for its next time", async () => {
    await world.host.run(
      "CREATE TABLE odd.appended (n UInt64) ENGINE = MergeTree ORDER BY n",
      "CREATE MATERIALIZED VIEW odd.appends REFRESH EVERY 1 YEAR APPEND TO odd.appended AS SELECT count() AS n FROM odd.rows",
      "CREATE MATERIALIZED VIEW odd.keeps REFRESH EVERY 1 YEAR ENGINE = MergeTree ORDER BY n AS SELECT count() AS n FROM odd.rows",
      "SYSTEM WAIT VIEW odd.appends",
      "SYSTEM WAIT VIEW odd.keeps",
    );
    const { warning } = await taken("full", "refreshing");
    expect(warning).toMatch(/computes these views anew when they are restored.*: odd\.keeps$/);
    const held = await world.contents("odd");
    await world.host.run("INSERT INTO odd.rows SELECT number, 'more' FROM numbers(5)");
    await world.restore("refreshing", { objects, targetSchemas: new Map([["odd", "other"]]) });
    await world.host.run("SYSTEM WAIT VIEW other.appends", "SYSTEM WAIT VIEW other.keeps");
    const anew = await world.contents("other");
    expect(anew).toEqual({ ...held, keeps: anew["keeps"] });
    const count = { value: String(await countOf("other.rows")) };
    expect(await world.host.ask(Value, "SELECT n AS value FROM other.keeps")).toEqual([count]);
    await world.host.run("SYSTEM REFRESH VIEW other.appends", "SYSTEM WAIT VIEW other.appends");
    expect(await world.contents("other")).not.toEqual(held);
  });

  test("replaces no rows by none, where the engine puts none of them into a backup", async () => {
    await world.host.run(
      "CREATE DATABASE joined",
      "CREATE TABLE joined.j (n UInt64, s String) ENGINE = Join(ANY, LEFT, n)",
      "INSERT INTO joined.j SELECT number, 'a' FROM numbers(50)",
    );
    const all = [{ type: "ALL", name: "joined" }] as const;
    await world.create("joined", all);
    const replace = world.request("joined", { objects: all, policy: "replace" });
    await expect(world.backups.planRestore(replace)).rejects.toMatchObject({ code: "restore-conflict" });
    await expect(world.restore("joined", replace)).rejects.toMatchObject({
      code: "restore-conflict",
      detail: expect.stringContaining("joined.j (Join)"),
    });
    expect(await countOf("joined.j")).toBe("50");
    await world.restore("joined", { objects: all, policy: "rename", renamedObjectsSchema: "kept" });
    expect(await countOf("kept.j")).toBe("50");
    expect(await countOf("joined.j")).toBe("0");
    await world.restore("joined", { objects: all, policy: "replace" });
  });

  async function countOf(table: string): Promise<string | undefined> {
    return (await world.host.ask(Value, `SELECT count() AS value FROM ${table}`))[0]?.value;
  }

  async function taken(
    type: "full" | "incremental",
    backup = "b",
  ): Promise<Extract<Evidence, { kind: "database-backup" }>> {
    const evidence = await confirmedBy(
      world.backups.take(
        {
          ...world.order(),
          ...world.request(backup),
          type,
          ddl: "CREATE BACKUP",
          objects,
          options: { checksum: false, ddlOnly: false },
          recreate: false,
        },
        NEVER,
      ),
    );
    if (evidence.kind !== "database-backup") throw new Error("that was no database backup");
    return evidence;
  }
});
