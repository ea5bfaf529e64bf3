import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupId } from "@snapdeck/contract/scalars";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { aBackupOrder, anOrder, aSealer, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { proxyThatLoses } from "./lost-answer.ts";
import { filesBelow } from "./store-tricks.ts";

/** All that hold rows but `latest`, which merges once it is live again. */
const TABLES = ["noise", "words", "log", "totals", "masked"];

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  await host.run(
    "CREATE DATABASE town",
    "CREATE FUNCTION doubled AS (x) -> x * 2",
    "CREATE NAMED COLLECTION partner AS url = 'http://partner.example', password = 'canary-4711'",
    "CREATE TABLE town.noise (id UInt64, noise String, twice UInt64 MATERIALIZED doubled(id)) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.noise SELECT number, randomString(100) FROM numbers(300000)",
    "CREATE TABLE town.words (id UInt64, word Nullable(String)) ENGINE = MergeTree PARTITION BY id % 4 ORDER BY id",
    "INSERT INTO town.words SELECT number, if(number % 3 = 0, NULL, toString(number)) FROM numbers(10000)",
    "CREATE TABLE town.log (id UInt64, word LowCardinality(String)) ENGINE = Log",
    "INSERT INTO town.log SELECT number, 'w' FROM numbers(1000)",
    "CREATE MATERIALIZED VIEW town.totals ENGINE = SummingMergeTree ORDER BY id AS SELECT id % 10 AS id, 1 AS n FROM town.words",
    "INSERT INTO town.words SELECT number, 'late' FROM numbers(1000)",
    // Equal keys in many parts: a merge would fold them, and a restore must not be mistaken for one that lost rows.
    "CREATE TABLE town.latest (id UInt64, at UInt64) ENGINE = ReplacingMergeTree(at) ORDER BY id",
    "SYSTEM STOP MERGES town.latest",
    ...Array.from({ length: 12 }, (_, at) => `INSERT INTO town.latest SELECT number, ${at} FROM numbers(100)`),
    "CREATE TABLE town.masked (id UInt64) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.masked SELECT number FROM numbers(1000)",
    "DELETE FROM town.masked WHERE id < 100",
    "CREATE VIEW town.doubles AS SELECT doubled(id) AS twice FROM town.words",
  );
});
afterAll(() => host[Symbol.asyncDispose]());

/** Every story begins on a running cluster. */
beforeEach(async () => {
  if ((await host.host.status()).state === "running") return;
  await resume();
});

async function suspend(): Promise<void> {
  await confirmedBy((await host.cluster()).lifecycle.suspend(anOrder(), NEVER));
}

async function resume(): Promise<void> {
  await confirmedBy((await host.cluster()).lifecycle.resume(anOrder(), NEVER));
}

async function backUp(): Promise<BackupId> {
  const order = aBackupOrder();
  await confirmedBy((await host.cluster()).systemBackups.backUp(order, NEVER));
  return order.backupId;
}

async function checksums(): Promise<string[]> {
  const { data } = await host.cluster();
  const all = await Promise.all(TABLES.map((table) => data.checksum("town", table, NEVER)));
  return all.map(({ table, rows, checksum }) => `${table} ${rows} ${checksum}`);
}

/** The largest data file that a backup holds. */
async function dataFileOf(backupId: BackupId, table: string): Promise<string> {
  const folder = join(host.storeRoot, "local", backupId);
  const file = (await filesBelow(folder)).find(
    (each) => each.includes(`/${table}/`) && /(?:data|noise|id)\.bin$/.test(each),
  );
  if (file === undefined) throw new Error(`backup ${backupId} holds no data of ${table}`);
  return file;
}

async function flipByte(file: string): Promise<void> {
  const handle = await open(file, "r+");
  const { size } = await handle.stat();
  const at = Math.floor(size / 2);
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.from([buffer.readUInt8(0) ^ 0xff]), 0, 1, at);
  await handle.close();
}

describe("A restore", () => {
  test("brings every row back that was changed since, with functions, views and named collections", async () => {
    const before = await checksums();
    const backupId = await backUp();
    await host.run(
      "INSERT INTO town.words VALUES (4711, 'after the backup')",
      "DROP TABLE town.log SYNC",
      "DROP FUNCTION doubled",
      "DROP NAMED COLLECTION partner",
      "CREATE TABLE town.newer (id UInt64) ENGINE = Log",
    );
    await suspend();
    const cluster = await host.cluster();
    const reports = await reportsOf(
      cluster.systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER),
    );
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence: { kind: "restore", backupId, tables: 7 } });
    const phases = reports.flatMap((report) => (report.type === "phase" ? [report.phase] : []));
    expect(phases).toEqual(["preparing", "restoring", "comparing", "swapping"]);
    const progress = reports.flatMap((report) => (report.type === "progress" ? report.ranks : []));
    expect(progress.at(-1)?.bytesDone).toBe(progress.at(-1)?.bytesTotal);
    await resume();
    expect(await checksums()).toEqual(before);
    const inventory = await cluster.data.inventory();
    expect(inventory.databases.flatMap(({ tables }) => tables.map(({ name }) => name))).not.toContain("newer");
    const [answer] = await host.ask(z.object({ n: z.coerce.number() }), "SELECT doubled(21) AS n");
    expect(answer?.n).toBe(42);
    const [partner] = await host.ask(
      z.object({ ddl: z.string() }),
      "SELECT create_query AS ddl FROM system.named_collections WHERE name = 'partner' SETTINGS format_display_secrets_in_show_and_select = 1",
    );
    expect(partner?.ddl).toContain("canary-4711");
  });

  test("is refused while the cluster runs", async () => {
    const backupId = await backUp();
    const refused = confirmedBy(
      (await host.cluster()).systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER),
    );
    await expect(refused).rejects.toMatchObject({ code: "cluster-not-suspended" });
  });

  test("of a backup with one corrupt byte is not swapped in, and the data stays", async () => {
    const before = await checksums();
    const backupId = await backUp();
    await flipByte(await dataFileOf(backupId, "noise"));
    await suspend();
    const cluster = await host.cluster();
    const failed = confirmedBy(cluster.systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER));
    await expect(failed).rejects.toMatchObject({ code: "backup-suspect" });
    await resume();
    expect(await checksums()).toEqual(before);
  });

  test.each([
    {
      name: "a file is short",
      code: "backup-suspect",
      tamper: async (backupId: BackupId) => writeFile(await dataFileOf(backupId, "words"), "x"),
    },
    {
      name: "a definition was edited",
      tamper: async (backupId: BackupId) => {
        const files = await filesBelow(join(host.storeRoot, "local", backupId));
        const file = files.find((each) => each.endsWith("/metadata/town/words.sql")) ?? "";
        const text = await readFile(file, "utf8");
        const edited = text.replace("index_granularity = 8192", "index_granularity = 4096");
        expect(edited).not.toBe(text);
        await writeFile(file, edited);
      },
    },
    {
      name: "its manifest was changed",
      tamper: async (backupId: BackupId) => {
        const path = join(host.storeRoot, "local", backupId, "manifest.json");
        const text = await readFile(path, "utf8");
        await writeFile(
          path,
          text.replace("CREATE FUNCTION doubled AS x -> (x * 2)", "CREATE FUNCTION doubled AS x -> (x * 3)"),
        );
      },
    },
    {
      name: "its list of files names a way out of the store",
      tamper: async (backupId: BackupId) => {
        const file = (await filesBelow(join(host.storeRoot, "local", backupId))).find((each) =>
          each.endsWith("/.backup"),
        );
        const text = await readFile(file ?? "", "utf8");
        await writeFile(file ?? "", text.replace("<name>data/town/log/count.txt", "<name>data/../..//x/count.t"));
      },
    },
  ])("is refused before the engine sees it when $name", async ({ code = "backup-unusable", tamper }) => {
    const backupId = await backUp();
    await tamper(backupId);
    await suspend();
    const order = { ...anOrder(), backupId, acceptSuspect: false };
    const refused = confirmedBy((await host.cluster()).systemBackups.restore(order, NEVER));
    await expect(refused).rejects.toMatchObject({ code });
    expect(await host.host.restore(order.jobId)).toBeUndefined();
  });

  test("of a backup that another console signed is refused", async () => {
    const backupId = await backUp();
    await suspend();
    const stranger = await host.cluster({}, { sealer: aSealer() });
    const refused = confirmedBy(
      stranger.systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER),
    );
    await expect(refused).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test("is refused with numbers when there is too little room", async () => {
    const backupId = await backUp();
    await suspend();
    const cluster = await host.cluster({ floorBytes: Number.MAX_SAFE_INTEGER });
    const refused = confirmedBy(cluster.systemBackups.restore({ ...anOrder(), backupId, acceptSuspect: false }, NEVER));
    await expect(refused).rejects.toMatchObject({ code: "disk-full" });
  });

  test.each(["preparing", "restoring", "comparing"] as const)(
    "that is canceled while %s ends stopped, and the data stays",
    async (phase) => {
      const before = await checksums();
      const backupId = await backUp();
      await suspend();
      const cancel = new AbortController();
      const order = { ...anOrder(), backupId, acceptSuspect: false };
      const reports: WorkReport[] = [];
      for await (const report of (await host.cluster()).systemBackups.restore(order, cancel.signal)) {
        reports.push(report);
        if (report.type === "phase" && report.phase === phase) cancel.abort();
      }
      expect(reports.at(-1)).toEqual({ type: "stopped" });
      expect(["discarded", undefined]).toContain((await host.host.restore(order.jobId))?.phase);
      await resume();
      expect(await checksums()).toEqual(before);
    },
  );

  test("that is canceled when the swap has begun is confirmed", async () => {
    const backupId = await backUp();
    await suspend();
    const cancel = new AbortController();
    const work = (await host.cluster()).systemBackups.restore(
      { ...anOrder(), backupId, acceptSuspect: false },
      cancel.signal,
    );
    let last: WorkReport | undefined;
    for await (const report of work) {
      last = report;
      if (report.type === "phase" && report.phase === "swapping") cancel.abort();
    }
    expect(last).toMatchObject({ type: "confirmed" });
  });

  test.each(["restoring", "comparing", "swapping"] as const)(
    "whose server dies while %s is taken up to its end",
    async (phase) => {
      const before = await checksums();
      const backupId = await backUp();
      await suspend();
      const order = { ...anOrder(), backupId, acceptSuspect: false };
      for await (const report of (await host.cluster()).systemBackups.restore(order, NEVER)) {
        // The rows of a restore are under way once there is progress; before that it cannot be gone on with.
        if (phase === "restoring" ? report.type === "progress" : report.type === "phase" && report.phase === phase)
          break;
      }
      const next = await host.cluster();
      const evidence = await confirmedBy(next.systemBackups.restore({ ...order, attempt: 2, takeUp: true }, NEVER));
      expect(evidence).toMatchObject({ kind: "restore", backupId });
      await resume();
      expect(await checksums()).toEqual(before);
    },
  );

  test("whose swap is carried out while the answer to its order is lost is confirmed", async () => {
    const backupId = await backUp();
    await suspend();
    const order = { ...anOrder(), backupId, acceptSuspect: false };
    const swapped = () => host.until(async () => (await host.host.restore(order.jobId))?.phase === "swapped");
    await using proxy = await proxyThatLoses(host.address.url, (call) => call.endsWith("/commit"), swapped);
    const cluster = await host.cluster({}, { host: { ...host.address, url: proxy.url } });
    expect(await confirmedBy(cluster.systemBackups.restore(order, NEVER))).toMatchObject({ kind: "restore", backupId });
    expect(proxy.lost()).toBe(1);
  });

  test("that had not begun is lost, and the data stays", async () => {
    const backupId = await backUp();
    await suspend();
    const work = (await host.cluster()).systemBackups.restore(
      { ...anOrder(), backupId, acceptSuspect: false, takeUp: true },
      NEVER,
    );
    expect((await reportsOf(work)).at(-1)).toMatchObject({ type: "lost" });
  });
});
