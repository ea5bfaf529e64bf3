import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { SnapshotWorld } from "./snapshot-world.ts";

let host: EmbeddedHost;
let world: SnapshotWorld;

beforeAll(async () => {
  host = await EmbeddedHost.start({ ranks: 3 });
  world = await SnapshotWorld.open(host);
});
afterAll(() => host[Symbol.asyncDispose]());

describe("A snapshot of three ranks", () => {
  test("holds what each of them has, also what only some have", async () => {
    await host.run(
      "CREATE DATABASE a",
      "CREATE TABLE a.everywhere (n UInt64) ENGINE = MergeTree ORDER BY n",
      "CREATE TABLE a.log (n UInt64) ENGINE = Log",
    );
    for (const rank of [0, 1, 2]) {
      await host.runOn(
        rank,
        `INSERT INTO a.everywhere SELECT number + ${rank} FROM numbers(1000)`,
        `INSERT INTO a.log SELECT number + ${rank} FROM numbers(10)`,
      );
    }
    await host.runOn(2, "CREATE TABLE a.last (n UInt64) ENGINE = MergeTree ORDER BY n", "INSERT INTO a.last SELECT 7");
    await host.runOn(1, "CREATE DATABASE b", "CREATE TABLE b.middle (n UInt64) ENGINE = Memory");
    const objects = [
      { type: "ALL", name: "a" },
      { type: "TABLE", schema: "b", name: "middle" },
    ] as const;
    const reports = await reportsOf(
      world.backups.take({ ...world.full("three", "a", { objects: [...objects] }), ...world.order() }, NEVER),
    );
    const progress = reports.flatMap((report) => (report.type === "progress" ? [report.ranks] : []));
    expect(progress.at(-1)?.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence: { rows: 3_031, objects: 6 } });
    const [full] = (await world.info("three")).snapshots;
    expect(full?.folders.map(({ path }) => path)).toEqual([
      "rank-0/tom-0/parts",
      "rank-1/tom-0/parts",
      "rank-2/tom-0/parts",
      "rank-0/tom-0/log",
      "rank-1/tom-0/log",
      "rank-2/tom-0/log",
    ]);
    const held = await world.contents("a");

    await host.runOn(
      1,
      "INSERT INTO a.everywhere SELECT 5",
      "DROP TABLE b.middle SYNC",
      "CREATE TABLE b.middle AS a.log",
    );
    const incremental = await world.id(world.incremental("three", { checksum: true }));
    expect(await world.restored("three", full!.id, "a")).toEqual(held);
    expect(await world.restored("three", incremental, "a")).toEqual(await world.contents("a"));
  });
});
