import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { filesBelow } from "./store-tricks.ts";

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start({ ranks: 3 });
});
afterAll(() => host[Symbol.asyncDispose]());

async function checksums(): Promise<string[]> {
  const { data } = await host.cluster();
  const shop = (await data.inventory()).databases.find(({ name }) => name === "shop");
  const all = await Promise.all((shop?.tables ?? []).map((table) => data.checksum("shop", table.name, NEVER)));
  return all.map(({ table, rows, checksum }) => `${table} ${rows} ${checksum}`);
}

async function allRanksUp(): Promise<boolean> {
  return (await host.host.status()).ranks.every((rank) => rank.state === "up");
}

describe("A cluster of three ranks", () => {
  test("is filled with example data, backed up, changed, suspended, restored, resumed, and is as it was", async () => {
    const cluster = await host.cluster();
    const loaded = await confirmedBy(cluster.data.loadExample(anOrder(), NEVER));
    expect(loaded).toEqual({ kind: "load-example-data", tables: 6, rows: 2_000_000 });
    const before = await checksums();

    const order = aBackupOrder();
    const reports = await reportsOf(cluster.systemBackups.backUp(order, NEVER));
    const progress = reports.flatMap((report) => (report.type === "progress" ? [report.ranks] : []));
    expect(progress.at(-1)?.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence: { rows: 2_000_000 } });

    await host.run("DROP TABLE shop.events SYNC", "INSERT INTO shop.customers SELECT * FROM shop.customers LIMIT 10");
    await confirmedBy(cluster.lifecycle.suspend(anOrder(), NEVER));
    expect(await cluster.lifecycle.observe()).toMatchObject({ state: "suspended", ranks: [{ state: "down" }, {}, {}] });
    const restored = await confirmedBy(
      cluster.systemBackups.restore({ ...anOrder(), backupId: order.backupId, acceptSuspect: false }, NEVER),
    );
    expect(restored).toMatchObject({ kind: "restore", tables: 7, rows: 2_000_000 });
    await confirmedBy(cluster.lifecycle.resume(anOrder(), NEVER));
    expect(await checksums()).toEqual(before);
  });

  test("loses a backup whose rank is killed midway: it is not listed, nothing is left, and the next one works", async () => {
    await host.run(
      "CREATE TABLE shop.noise (id UInt64, noise String) ENGINE = MergeTree ORDER BY id",
      "INSERT INTO shop.noise SELECT number, randomString(100) FROM numbers(200000)",
    );
    const cluster = await host.cluster({ backupBandwidthBytesPerSecond: 6_000_000 });
    const failed = (async () => {
      for await (const report of cluster.systemBackups.backUp(aBackupOrder(), NEVER)) {
        if (report.type === "progress" && report.ranks.every(({ filesDone }) => filesDone > 0)) {
          process.kill(await host.pidOf(1), "SIGKILL");
        }
      }
    })();
    await expect(failed).rejects.toMatchObject({ code: "rank-lost", detail: expect.stringContaining("rank 1") });
    const running = await host.ask(
      z.object({ n: z.coerce.number() }),
      "SELECT count() AS n FROM system.backups WHERE status = 'CREATING_BACKUP'",
    );
    expect(running.every(({ n }) => n === 0)).toBe(true);
    const listed = await cluster.systemBackups.list();
    expect(listed).toHaveLength(1);
    const files = await filesBelow(host.storeRoot);
    expect(files.filter((file) => !file.includes(`/${listed[0]}/`))).toEqual([]);

    await host.until(allRanksUp);
    const next = aBackupOrder();
    await confirmedBy((await host.cluster()).systemBackups.backUp(next, NEVER));
    expect(await cluster.systemBackups.list()).toEqual([next.backupId, ...listed]);
  });
});
