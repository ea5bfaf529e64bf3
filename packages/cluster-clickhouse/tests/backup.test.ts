import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { filesBelow, plantOne, shortenOne, storeWith } from "./store-tricks.ts";

/** Slow enough that the 40 MB of `town.noise` take seconds. */
const SLOW = { backupBandwidthBytesPerSecond: 8_000_000 };

const Count = z.object({ n: z.coerce.number() });

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  await host.run(
    "CREATE DATABASE town",
    "CREATE TABLE town.noise (id UInt64, noise String) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.noise SELECT number, randomString(100) FROM numbers(400000)",
    "CREATE TABLE town.log (id UInt64, word Nullable(String)) ENGINE = Log",
    "INSERT INTO town.log SELECT number, if(number % 2 = 0, NULL, 'odd') FROM numbers(1000)",
    "CREATE TABLE town.empty (id UInt64) ENGINE = MergeTree ORDER BY id",
    "CREATE FUNCTION doubled AS (x) -> x * 2",
    "CREATE VIEW town.doubles AS SELECT doubled(id) AS twice FROM town.log",
    "CREATE NAMED COLLECTION partner AS url = 'http://partner.example', password = 'canary-4711'",
  );
});
afterAll(() => host[Symbol.asyncDispose]());

/** Nobody may leave work behind in the engine. */
afterEach(async () => {
  const cluster = await host.cluster();
  await host.until(async () => (await runningOperations()) === 0);
  for (const id of await cluster.systemBackups.list()) {
    await confirmedBy(cluster.systemBackups.remove({ ...anOrder(), backupId: id }, NEVER));
  }
});

async function runningOperations(): Promise<number> {
  const rows = await host.ask(Count, "SELECT count() AS n FROM system.backups WHERE status = 'CREATING_BACKUP'");
  return rows.reduce((sum, row) => sum + row.n, 0);
}

/** Follows work until it copies, then stops to listen, as a server that dies does. */
async function abandonMidway(work: AsyncIterable<WorkReport>): Promise<void> {
  for await (const report of work) if (report.type === "progress") return;
}

describe("A System Backup", () => {
  test("taken while rows are inserted is listed, and holds what its manifest says", async () => {
    const cluster = await host.cluster();
    const order = aBackupOrder();
    let inserting = true;
    const writer = (async () => {
      while (inserting) await host.run("INSERT INTO town.noise SELECT number, randomString(100) FROM numbers(1000)");
    })();
    const evidence = await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    inserting = false;
    await writer;
    expect(await cluster.systemBackups.list()).toEqual([order.backupId]);
    const { manifest, manifestSha256 } = await cluster.systemBackups.read(order.backupId);
    expect(evidence).toMatchObject({ kind: "backup", backupId: order.backupId, manifestSha256 });
    const [rank] = manifest.ranks;
    expect(rank?.tables).toMatchObject([
      { table: "doubles", engine: "View" },
      { table: "empty", rows: 0 },
      { table: "log", engine: "Log", rows: 1000 },
      { table: "noise", engine: "MergeTree" },
    ]);
    expect(rank?.tables[3]?.rows).toBeGreaterThanOrEqual(400_000);
    const stored = await filesBelow(join(host.storeRoot, "local", order.backupId, rank?.folder ?? ""));
    expect(stored).toHaveLength(rank?.files.length ?? 0);
  });

  test("takes SQL functions along, which the engine leaves out", async () => {
    const cluster = await host.cluster();
    const order = aBackupOrder();
    await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    const { manifest } = await cluster.systemBackups.read(order.backupId);
    expect(manifest.ranks[0]?.definitions).toContainEqual({
      kind: "function",
      name: "doubled",
      ddl: "CREATE FUNCTION doubled AS x -> (x * 2)",
    });
  });

  test("takes named collections along without a secret in the clear", async () => {
    const cluster = await host.cluster();
    const order = aBackupOrder();
    await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    const { manifest } = await cluster.systemBackups.read(order.backupId);
    const [rank] = manifest.ranks;
    expect(rank?.leftOut).toBeUndefined();
    expect(rank?.definitions).toContainEqual(expect.objectContaining({ kind: "named-collection", name: "partner" }));
    for (const file of await filesBelow(host.storeRoot)) {
      expect((await readFile(file)).includes("canary-4711"), file).toBe(false);
    }
  });

  test("shows progress in bytes and files that never goes back and ends full", async () => {
    const cluster = await host.cluster(SLOW);
    const reports = await reportsOf(cluster.systemBackups.backUp(aBackupOrder(), NEVER));
    const progress = reports.flatMap((report) => (report.type === "progress" ? report.ranks : []));
    expect(progress.length).toBeGreaterThan(5);
    progress.reduce((before, now) => {
      expect(now.bytesDone).toBeGreaterThanOrEqual(before.bytesDone);
      expect(now.filesDone).toBeGreaterThanOrEqual(before.filesDone);
      expect(now.bytesTotal).toBeGreaterThanOrEqual(now.bytesDone);
      return now;
    });
    const last = progress.at(-1);
    expect(last?.bytesDone).toBe(last?.bytesTotal);
    const phases = reports.flatMap((report) => (report.type === "phase" ? [report.phase] : []));
    expect(phases).toEqual(["preparing", "copying", "proving", "listing"]);
  });

  test("that is canceled midway ends stopped and leaves nothing, and the next one works", async () => {
    const cluster = await host.cluster(SLOW);
    const cancel = new AbortController();
    const reports: WorkReport[] = [];
    for await (const report of cluster.systemBackups.backUp(aBackupOrder(), cancel.signal)) {
      reports.push(report);
      if (report.type === "progress") cancel.abort();
    }
    expect(reports.at(-1)).toEqual({ type: "stopped" });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
    expect(await runningOperations()).toBe(0);
    await confirmedBy((await host.cluster()).systemBackups.backUp(aBackupOrder(), NEVER));
  });

  test("that is canceled while it is proven leaves nothing", async () => {
    const cancel = new AbortController();
    const cluster = await host.cluster();
    for await (const report of cluster.systemBackups.backUp(aBackupOrder(), cancel.signal)) {
      if (report.type === "phase" && report.phase === "proving") cancel.abort();
      if (report.type !== "phase" && report.type !== "progress") expect(report).toEqual({ type: "stopped" });
    }
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test("whose server dies midway is taken up by the next one, on the path it began with", async () => {
    const order = aBackupOrder();
    const first = await host.cluster(SLOW);
    await abandonMidway(first.systemBackups.backUp(order, NEVER));
    expect(await runningOperations()).toBe(1);
    const second = await host.cluster();
    const evidence = await confirmedBy(second.systemBackups.backUp({ ...order, attempt: 2, takeUp: true }, NEVER));
    expect(evidence).toMatchObject({ kind: "backup" });
    const { manifest } = await second.systemBackups.read(order.backupId);
    expect(manifest.ranks[0]?.folder).toMatch(/^a1-/);
  });

  test("that finished while no server listened is proven and listed when it is taken up", async () => {
    const order = aBackupOrder();
    const cluster = await host.cluster();
    await abandonMidway(cluster.systemBackups.backUp(order, NEVER));
    await host.until(async () => (await runningOperations()) === 0);
    expect(await cluster.systemBackups.list()).toEqual([]);
    await confirmedBy(cluster.systemBackups.backUp({ ...order, attempt: 2, takeUp: true }, NEVER));
    expect(await cluster.systemBackups.list()).toEqual([order.backupId]);
  });

  test("that was listed before its server died is confirmed again with the same evidence", async () => {
    const order = aBackupOrder();
    const cluster = await host.cluster();
    const evidence = await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    const again = await confirmedBy(cluster.systemBackups.backUp({ ...order, attempt: 2, takeUp: true }, NEVER));
    expect(again).toEqual(evidence);
  });

  test("that no rank knows of is lost, and nothing is started", async () => {
    const cluster = await host.cluster();
    const reports = await reportsOf(cluster.systemBackups.backUp(aBackupOrder({ takeUp: true, attempt: 2 }), NEVER));
    expect(reports.at(-1)).toMatchObject({ type: "lost" });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test("that was being canceled when its server died ends stopped when it is taken up", async () => {
    const order = aBackupOrder();
    await abandonMidway((await host.cluster(SLOW)).systemBackups.backUp(order, NEVER));
    const work = (await host.cluster()).systemBackups.backUp(
      { ...order, attempt: 2, takeUp: true },
      AbortSignal.abort(),
    );
    expect((await reportsOf(work)).at(-1)).toEqual({ type: "stopped" });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test.each([
    { name: "a file is short though the engine reported success", trick: shortenOne, says: /has 1 of \d+ bytes/ },
    { name: "a file is there that the engine did not write", trick: plantOne, says: /planted should not be there/ },
  ])("is not listed when $name", async ({ trick, says }) => {
    const store = storeWith(await host.store(), (prefix) => trick(join(host.storeRoot, prefix)));
    const cluster = await host.cluster({}, { store });
    const failed = confirmedBy(cluster.systemBackups.backUp(aBackupOrder(), NEVER));
    await expect(failed).rejects.toMatchObject({ code: "proof-failed", detail: expect.stringMatching(says) });
    expect(await cluster.systemBackups.list()).toEqual([]);
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test("is refused before anything is written when the store has too little room", async () => {
    const cluster = await host.cluster({ floorBytes: Number.MAX_SAFE_INTEGER });
    const failed = confirmedBy(cluster.systemBackups.backUp(aBackupOrder(), NEVER));
    await expect(failed).rejects.toMatchObject({ code: "disk-full" });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test("that moves no byte for too long is ended", async () => {
    // So impatient that nothing can move in between.
    const cluster = await host.cluster({ ...SLOW, noProgressMs: 1, pollMs: 1 });
    const failed = confirmedBy(cluster.systemBackups.backUp(aBackupOrder(), NEVER));
    await expect(failed).rejects.toMatchObject({ code: "no-progress" });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
  });

  test("whose lock is lost leaves its work to the new holder", async () => {
    const order = aBackupOrder();
    let checks = 0;
    const checkFence = async () => {
      checks += 1;
      if (checks > 1) throw new SnapdeckError("lock-lost", "another server holds the lock");
    };
    const cluster = await host.cluster();
    const failed = confirmedBy(cluster.systemBackups.backUp({ ...order, checkFence }, NEVER));
    await expect(failed).rejects.toMatchObject({ code: "lock-lost" });
    await confirmedBy(cluster.systemBackups.backUp({ ...order, attempt: 2, takeUp: true }, NEVER));
  });
});

describe("Discarding a backup", () => {
  test("removes all that an unlisted one left, and what still writes", async () => {
    const order = aBackupOrder();
    await abandonMidway((await host.cluster(SLOW)).systemBackups.backUp(order, NEVER));
    const cluster = await host.cluster();
    await cluster.systemBackups.discardBackup(order.backupId);
    expect(await runningOperations()).toBe(0);
    expect(await filesBelow(host.storeRoot)).toEqual([]);
    await cluster.systemBackups.discardBackup(order.backupId);
  });

  test("leaves a listed one alone", async () => {
    const order = aBackupOrder();
    const cluster = await host.cluster();
    await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    await cluster.systemBackups.discardBackup(order.backupId);
    expect(await cluster.systemBackups.list()).toEqual([order.backupId]);
  });
});

describe("Deleting a backup", () => {
  test("removes every file of it, and taking it up again finishes", async () => {
    const order = aBackupOrder();
    const cluster = await host.cluster();
    await confirmedBy(cluster.systemBackups.backUp(order, NEVER));
    const files = (await filesBelow(host.storeRoot)).length;
    const removal = { ...anOrder(), backupId: order.backupId };
    const evidence = await confirmedBy(cluster.systemBackups.remove(removal, NEVER));
    expect(evidence).toMatchObject({ kind: "delete-backup", filesRemoved: files });
    expect(await filesBelow(host.storeRoot)).toEqual([]);
    expect(await cluster.systemBackups.wasUsed(), "that the store was used still shows").toBe(true);
    await rm(join(host.storeRoot, cluster.id), { recursive: true });
    expect(await cluster.systemBackups.wasUsed(), "an empty mount point").toBe(false);
    await confirmedBy(cluster.systemBackups.remove({ ...removal, attempt: 2, takeUp: true }, NEVER));
    await expect(confirmedBy(cluster.systemBackups.remove(removal, NEVER))).rejects.toMatchObject({
      code: "backup-not-found",
    });
  });
});
