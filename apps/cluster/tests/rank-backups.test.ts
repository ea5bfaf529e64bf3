import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect, rowsOf, type SpawnedRank, scalarOf, spawnRank, until } from "./spawn-rank.ts";

let rank: SpawnedRank;
let client: Client;

beforeAll(async () => {
  rank = await spawnRank();
  client = connect(rank);
  await client.command({ query: "CREATE DATABASE shop" });
  await client.command({ query: "CREATE TABLE shop.t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
  await client.command({ query: "SYSTEM STOP MERGES shop.t" });
  // The engine counts a file of a backup when it is complete, so many parts make many steps.
  for (let part = 0; part < 10; part += 1) {
    const rows = `SELECT number, randomString(100) FROM numbers(${part * 30_000}, 30000)`;
    await client.command({ query: `INSERT INTO shop.t ${rows}` });
  }
});

afterAll(async () => {
  await client.close();
  await rank[Symbol.asyncDispose]();
});

type Operation = { status: string; bytes: number; files: number };

async function operation(id: string): Promise<Operation | undefined> {
  const query = `SELECT status, toFloat64(uncompressed_size) AS bytes, toFloat64(num_files) AS files
    FROM system.backups WHERE id = {id:String}`;
  return (await rowsOf<Operation>(client, query, { id }))[0];
}

describe("a backup", () => {
  it("goes to the store, is restored from it, and is the same", async () => {
    await client.command({ query: "BACKUP DATABASE shop TO File('one/two')" });
    expect(existsSync(join(rank.storeRoot, "one", "two", ".backup"))).toBe(true);
    await client.command({ query: "RESTORE DATABASE shop AS copy FROM File('one/two')" });
    const hash = "SELECT count(), groupBitXor(cityHash64(a, s)) FROM";
    expect(await scalarOf(client, `${hash} copy.t`)).toBe(await scalarOf(client, `${hash} shop.t`));
  });

  it("cannot leave the store", async () => {
    for (const name of ["../outside", "/tmp/outside"]) {
      await expect(client.command({ query: `BACKUP DATABASE shop TO File('${name}')` })).rejects.toMatchObject({
        code: "36",
      });
    }
  });

  it("goes to every directory of database backups as well, and to none beside them", async () => {
    const roots = mkdtempSync(join(tmpdir(), "snapdeck-roots-"));
    const [one, two] = [join(roots, "one & only"), join(roots, "two")];
    await using other = await spawnRank({ backupRoots: [one, two] });
    const there = connect(other);
    await there.command({ query: "CREATE TABLE t ENGINE = MergeTree ORDER BY a AS SELECT 1 AS a" });
    await there.command({ query: "BACKUP TABLE t TO File('relative')" });
    for (const root of [one, two]) {
      await there.command({ query: `BACKUP TABLE t TO File('${root}/b/rank-0/tom-0/parts')` });
      expect(existsSync(join(root, "b/rank-0/tom-0/parts/.backup"))).toBe(true);
    }
    await there.command({ query: `RESTORE TABLE t AS again FROM File('${two}/b/rank-0/tom-0/parts')` });
    expect(await scalarOf(there, "SELECT count() FROM again")).toBe("1");
    expect(existsSync(join(other.storeRoot, "relative", ".backup"))).toBe(true);
    await expect(there.command({ query: `BACKUP TABLE t TO File('${roots}/three')` })).rejects.toMatchObject({
      code: "36",
    });
    await there.close();
    rmSync(roots, { recursive: true, force: true });
  });

  it("answers its id and status at once when it is ASYNC, shows progress, and inserts go on meanwhile", async () => {
    const query = "BACKUP DATABASE shop TO File('slow') SETTINGS id = 'slow', max_backup_bandwidth = 10000000 ASYNC";
    expect(await rowsOf(client, query)).toEqual([{ id: "slow", status: "CREATING_BACKUP" }]);
    const seen: number[] = [];
    let inserted = 0;
    await until(async () => {
      const now = await operation("slow");
      if (now?.status !== "CREATING_BACKUP") return true;
      if (now.bytes !== seen.at(-1)) seen.push(now.bytes);
      await client.insert({ table: "shop.t", values: [{ a: 10_000_000 + inserted, s: "new" }], format: "JSONEachRow" });
      inserted += 1;
      return false;
    });
    expect(await operation("slow")).toMatchObject({ status: "BACKUP_CREATED" });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(inserted).toBeGreaterThan(5);
    expect(await scalarOf(client, "SELECT count() FROM shop.t WHERE s = 'new'")).toBe(String(inserted));
  });

  it("is canceled through the engine's own id of it, and leaves nothing", async () => {
    const query = "BACKUP DATABASE shop TO File('gone') SETTINGS id = 'gone', max_backup_bandwidth = 3000000 ASYNC";
    await client.command({ query });
    await until(() => existsSync(join(rank.storeRoot, "gone", ".lock")));
    const engineId = "(SELECT query_id FROM system.backups WHERE id = {id:String})";
    await client.command({ query: `KILL QUERY WHERE query_id = ${engineId} SYNC`, query_params: { id: "gone" } });
    await until(async () => (await operation("gone"))?.status !== "CREATING_BACKUP");
    expect(await operation("gone")).toMatchObject({ status: "BACKUP_CANCELLED" });
    expect(existsSync(join(rank.storeRoot, "gone", ".lock"))).toBe(false);
  });

  it("can be slowed down by a setting of its own or of the request", async () => {
    for (const [id, inStatement, clickhouse_settings] of [
      ["own", "max_backup_bandwidth = 20000000, ", {}],
      ["request", "", { max_backup_bandwidth: "20000000" }],
    ] as const) {
      const startedAt = performance.now();
      const query = `BACKUP TABLE shop.t TO File('${id}') SETTINGS ${inStatement}id = '${id}' ASYNC`;
      await client.command({ query, clickhouse_settings });
      await until(async () => (await operation(id))?.status === "BACKUP_CREATED");
      // 32 MB at 20 MB/s, of which the engine lets the first second's worth pass at once.
      expect(performance.now() - startedAt).toBeGreaterThan(400);
    }
  });
});
