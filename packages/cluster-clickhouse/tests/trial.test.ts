import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Manifest } from "@snapdeck/contract/manifest";
import { ProofRecord } from "@snapdeck/contract/proof";
import type { BackupId } from "@snapdeck/contract/scalars";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { signManifest } from "../src/manifest-file.ts";
import { RankClients } from "../src/rank-clients.ts";
import { faultsAgainstBackup } from "../src/shown-backup.ts";
import { sign } from "../src/signed-file.ts";
import { fileDestination } from "../src/sql.ts";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { backUp, expectNothingLeft, standing, TOWN, verifyOrder } from "./town.ts";

let host: EmbeddedHost;
let cluster: ClickHouseCluster;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  cluster = await host.cluster();
  await host.run(...TOWN);
});
afterAll(() => host[Symbol.asyncDispose]());

/** Puts another manifest in place of a backup's own, signed as if it had been written so. */
async function rewriteManifest(backupId: BackupId, change: (manifest: Manifest) => void): Promise<void> {
  const path = join(host.storeRoot, "local", backupId, "manifest.json");
  const manifest = Manifest.parse(JSON.parse(await readFile(path, "utf8")));
  change(manifest);
  await writeFile(path, JSON.stringify(await signManifest(host.sealer, manifest)));
}

describe("An L3 verification", () => {
  test("restores beside the running cluster, compares every table with the backup itself, and leaves nothing", async () => {
    const backupId = await backUp(cluster);
    const reports = await reportsOf(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    const evidence = { kind: "verify-backup", level: "L3", backupId, rows: expect.any(Number) };
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence });
    const phases = reports.flatMap((report) => (report.type === "phase" ? [report.phase] : []));
    expect(phases).toEqual(["reading", "restoring", "comparing"]);
    const progress = reports.flatMap((report) => (report.type === "progress" ? report.ranks : []));
    expect(progress.map(({ bytesDone }) => bytesDone)).toEqual(
      progress.map(({ bytesDone }) => bytesDone).sort((one, other) => one - other),
    );
    expect(new Set(progress.map(({ bytesTotal }) => bytesTotal)).size).toBe(1);
    expect(progress.at(-1)).toMatchObject({ bytesDone: progress.at(-1)?.bytesTotal });
    const { proof, records } = await standing(cluster, backupId);
    expect(proof.level).toBe("L3");
    expect(records[0]?.tables?.map(({ table }) => table)).toEqual(["log", "masked", "noise", "totals", "words"]);
    await expectNothingLeft(host);

    // The second is held against the first, and columns that are computed anew each time do not make it fail.
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    expect((await standing(cluster, backupId)).records).toHaveLength(1);
  });

  test("works while the cluster is suspended, and leaves it so", async () => {
    const backupId = await backUp(cluster);
    await confirmedBy(cluster.lifecycle.suspend(anOrder(), NEVER));
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    expect((await cluster.lifecycle.observe()).state).toBe("suspended");
    await confirmedBy(cluster.lifecycle.resume(anOrder(), NEVER));
    await expectNothingLeft(host);
  });

  /** Lets the only proof record say that `town.log` held something else, under a signature that is right. */
  async function rewriteRecord(backupId: BackupId, changes: Partial<ProofRecord> = {}): Promise<void> {
    const folder = join(host.storeRoot, "local", backupId, "proofs");
    const [name = ""] = await readdir(folder);
    const record = ProofRecord.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    const tables = (record.tables ?? []).map((table) => (table.table === "log" ? { ...table, checksum: "0" } : table));
    const forged = await sign(host.sealer, "snapdeck-proof", { ...record, tables, ...changes });
    await writeFile(join(folder, name), JSON.stringify(forged));
  }

  test("finds contents that are other than an earlier one recorded, where every byte fits the manifest", async () => {
    const backupId = await backUp(cluster);
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    await rewriteRecord(backupId);
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId, { level: "L2" }), NEVER));
    const failed = confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    await expect(failed).rejects.toMatchObject({ code: "proof-failed", detail: expect.stringContaining("town.log") });
    const { suspect } = await standing(cluster, backupId);
    expect(suspect).toMatchObject({ level: "L3", faults: [{ subject: "town.log", fault: "contents" }] });
    await expectNothingLeft(host);
  });

  test("compares nothing with what another version of the engine scanned: it may write a value in other bytes", async () => {
    const backupId = await backUp(cluster);
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    await rewriteRecord(backupId, { engineVersion: "1.1.1.1" });
    await confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    expect((await standing(cluster, backupId)).suspect).toBeUndefined();
  });

  test.each([
    {
      what: "rows that are not as many as the manifest says",
      change: (manifest: Manifest) => {
        for (const table of manifest.ranks[0]?.tables ?? []) if (table.table === "words") table.rows = 4711;
      },
      fault: { subject: "town.words", fault: "rows" },
    },
    {
      what: "a backup that the engine does not restore",
      change: (manifest: Manifest) => {
        manifest.ranks[0]?.databases.push("nowhere");
      },
      fault: { subject: ".backup", fault: "restore", detail: expect.stringContaining("nowhere") },
    },
    {
      what: "a table that the manifest names and the backup does not hold",
      change: (manifest: Manifest) => {
        manifest.ranks[0]?.tables.push({ database: "town", table: "gone", engine: "Log", rows: 1 });
      },
      fault: { subject: "town.gone", fault: "restore" },
    },
  ])("finds $what", async ({ change, fault }) => {
    const backupId = await backUp(cluster);
    await rewriteManifest(backupId, change);
    const failed = confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER));
    await expect(failed).rejects.toMatchObject({ code: "proof-failed" });
    const { suspect } = await standing(cluster, backupId);
    expect(suspect).toMatchObject({ level: "L3", faultsTotal: 1, faults: [fault] });
    await expectNothingLeft(host);
  });

  test("holds restored tables against what the engine reads in the backup in place", async () => {
    const backupId = await backUp(cluster);
    const { manifest } = await cluster.systemBackups.read(backupId);
    const clients = new RankClients(() => host.host.endpoints());
    const [client] = await clients.all();
    const [rank] = manifest.ranks;
    if (client === undefined || rank === undefined) throw new Error("there is no rank");
    const seen: string[] = [];
    const wrong = ["noise", "words", "log", "totals", "masked"].map((table) => {
      return { rank: 0, database: "town", table, rows: 1, checksum: "0" };
    });
    const destination = fileDestination(`local/${backupId}/${rank.folder}`);
    const faults = await faultsAgainstBackup({ client, rank }, destination, wrong, NEVER, ({ table }) =>
      seen.push(table),
    );
    await clients.close();
    expect(seen.sort()).toEqual(["masked", "noise", "words"]);
    expect(faults.map(({ subject, fault }) => [subject, fault]).sort()).toEqual([
      ["town.masked", "contents"],
      ["town.noise", "contents"],
      ["town.words", "contents"],
    ]);
    const databases = await host.ask(z.object({ name: z.string() }), "SELECT name FROM system.databases");
    expect(databases.map(({ name }) => name)).not.toContain("snapdeck_backup");
  });

  test("is refused with numbers when there is too little room, before anything is read", async () => {
    const backupId = await backUp(cluster);
    const { systemBackups } = await host.cluster({ floorBytes: Number.MAX_SAFE_INTEGER });
    const reports: WorkReport[] = [];
    const follow = async () => {
      for await (const report of systemBackups.verify(verifyOrder(backupId), NEVER)) reports.push(report);
    };
    await expect(follow()).rejects.toMatchObject({ code: "disk-full", detail: expect.stringMatching(/\d+ bytes/) });
    expect(reports).toEqual([]);
  });

  test("is not to be had of servers that somebody else starts and stops", async () => {
    const backupId = await backUp(cluster);
    const servers = await host.cluster({}, { host: undefined, endpoints: await host.host.endpoints() });
    const refused = confirmedBy(servers.systemBackups.verify(verifyOrder(backupId), NEVER));
    await expect(refused).rejects.toMatchObject({ code: "not-supported" });
    await servers.systemBackups.discardVerification(anOrder().jobId);
  });
});

test("an L3 verification of three ranks restores and compares each of them", async () => {
  await using three = await EmbeddedHost.start({ ranks: 3 });
  await three.run(
    "CREATE DATABASE town",
    "CREATE TABLE town.people (id UInt64) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.people SELECT number FROM numbers(1000)",
  );
  const { systemBackups } = await three.cluster();
  const { backupId, ...order } = aBackupOrder();
  await confirmedBy(systemBackups.backUp({ ...order, backupId }, NEVER));
  expect(await confirmedBy(systemBackups.verify(verifyOrder(backupId), NEVER))).toMatchObject({
    level: "L3",
    rows: 3_000,
  });
  const [record] = (await systemBackups.read(backupId)).proofs;
  expect(record?.tables?.map(({ rank }) => rank)).toEqual([0, 1, 2]);
  expect(three.rankDirectories()).toEqual(["rank-0", "rank-1", "rank-2"]);
});
