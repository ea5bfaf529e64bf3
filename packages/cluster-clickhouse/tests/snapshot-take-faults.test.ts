import { appendFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { refusal, SnapshotWorld } from "./snapshot-world.ts";
import { stoppingAt } from "./stopping-store.ts";
import { filesBelow } from "./store-tricks.ts";

let host: EmbeddedHost;
let world: SnapshotWorld;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  world = await SnapshotWorld.open(host);
  await world.town("capped");
  await world.id(world.full("capped", "capped"));
});
afterAll(() => host[Symbol.asyncDispose]());

describe("A snapshot that something comes between", () => {
  test.each([
    { what: "is missing", act: (path: string) => rm(path) },
    { what: "is short", act: (path: string) => truncate(path, 3) },
    { what: "is longer", act: (path: string) => appendFile(path, "x") },
  ])("builds on no snapshot of which a file $what", async ({ what, act }) => {
    const name = `broken_${what.split(" ")[1]}`;
    const id = await world.id(world.full(name, "capped"));
    await world.id(world.incremental(name));
    const files = await filesBelow(join(host.backupRoot, name, String(id)));
    const file = files.find((path) => path.endsWith("data.bin"));
    await act(file!);
    const before = await world.info(name);
    await expect(world.take(world.incremental(name))).rejects.toMatchObject({ code: "backup-unusable" });
    expect(await world.info(name)).toEqual(before);
  });

  test("says so when a table is renamed while it is taken, and leaves nothing behind", async () => {
    await host.run("CREATE DATABASE moving", "CREATE TABLE moving.before (n UInt64) ENGINE = MergeTree ORDER BY n");
    let fences = 0;
    const checkFence = async () => {
      fences += 1;
      // What is to be copied is known by now, and nothing of it is.
      if (fences === 2) await host.run("RENAME TABLE moving.before TO moving.after");
    };
    const order = { ...world.full("moving", "moving"), ...world.order(), checkFence };
    await expect(reportsOf(world.backups.take(order, NEVER))).rejects.toMatchObject({
      detail: expect.stringContaining("dropped or renamed while the snapshot was taken"),
      hint: "Take the snapshot again.",
    });
    expect(await world.store.files.folders("moving")).toEqual([]);
  });

  test("is stopped when asked to, and leaves nothing behind", async () => {
    await host.run(
      "CREATE DATABASE large",
      "CREATE TABLE large.t (s String) ENGINE = MergeTree ORDER BY tuple() SETTINGS min_bytes_for_wide_part = 0",
      "INSERT INTO large.t SELECT randomPrintableASCII(1000) FROM numbers(6000)",
    );
    const slow = await host.cluster({ backupBandwidthBytesPerSecond: 2_000_000 });
    for (const name of ["stopped", "capped"]) {
      const before = (await world.store.read(world.place(name).backup))?.info;
      const folders = await world.store.files.folders(name);
      const stop = new AbortController();
      const request = world.full(name, "large", { recreate: true });
      const reports: WorkReport[] = [];
      for await (const report of slow.databaseBackups.take({ ...request, ...world.order() }, stop.signal)) {
        reports.push(report);
        if (report.type === "progress") stop.abort();
      }
      expect(reports.at(-1)).toEqual({ type: "stopped" });
      expect((await world.store.read(world.place(name).backup))?.info).toEqual(before);
      expect(await world.store.files.folders(name)).toEqual(folders);
    }
  });

  test("goes on in another process with what the engines do, and lists it once", async () => {
    const slow = await host.cluster({ backupBandwidthBytesPerSecond: 2_000_000 });
    const order = world.order();
    const request = world.full("taken_up", "large");
    // A process that ends says nothing to the engines.
    for await (const report of slow.databaseBackups.take({ ...request, ...order }, NEVER))
      if (report.type === "progress") break;
    const second = await host.cluster();
    const again = { ...request, ...order, takeUp: true };
    const last = (await reportsOf(second.databaseBackups.take(again, NEVER))).at(-1);
    expect(last).toMatchObject({ type: "confirmed", evidence: { deed: "take", rows: 6_000 } });
    const info = await world.info("taken_up");
    expect(info.snapshots).toHaveLength(1);
    expect(await world.restored("taken_up", info.snapshots[0]!.id, "large")).toEqual(await world.contents("large"));
    // Once more, when it is listed already.
    expect((await reportsOf(second.databaseBackups.take(again, NEVER))).at(-1)).toEqual(last);
    expect(await world.info("taken_up")).toEqual(info);
  });

  test("is listed once, whatever step of the listing its process died at", async () => {
    for (let at = 0; ; at++) {
      const name = `died_${at}`;
      const order = world.order();
      const request = world.full(name, "capped");
      const { store, death } = stoppingAt(world.store, at);
      const first = reportsOf(world.backups.take({ ...request, store, ...order }, NEVER));
      const isDead = (await Promise.race([first, death])) === "died";
      if (!isDead) break;
      const again = await reportsOf(world.backups.take({ ...request, ...order, takeUp: true }, NEVER));
      expect(again.at(-1), `step ${at}`).toMatchObject({ type: "confirmed" });
      const { snapshots } = await world.info(name);
      expect(snapshots).toHaveLength(1);
      expect(await world.restored(name, snapshots[0]!.id, "capped")).toEqual(await world.contents("capped"));
      expect(at).toBeLessThan(20);
    }
  });

  test("that was begun nowhere is lost when it is taken up, and a stray folder goes with the next snapshot", async () => {
    const request = { ...world.incremental("taken_up"), ...world.order({ takeUp: true }) };
    expect((await reportsOf(world.backups.take(request, NEVER))).at(-1)).toMatchObject({ type: "lost" });
    await world.store.files.publish("taken_up/17/rank-0/tom-0/parts/x.bin", new Uint8Array(3));
    const id = await world.id(world.incremental("taken_up"));
    const listed = (await world.info("taken_up")).snapshots.map((each) => String(each.id));
    expect(listed.at(-1)).toBe(String(id));
    expect((await world.store.files.folders("taken_up")).sort()).toEqual(listed);
  });

  test("builds on no snapshot whose account somebody wrote", async () => {
    const id = await world.id(world.full("forged", "capped"));
    await writeFile(join(host.backupRoot, "forged", String(id), "rank-0/tom-0/parts/.backup"), "<config></config>");
    expect(await refusal(world.take(world.incremental("forged")))).toBe("backup-unusable");
  });
});
