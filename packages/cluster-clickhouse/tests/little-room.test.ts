import { randomUUID } from "node:crypto";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER } from "./embedded-host.ts";
import { proxyOfLittleDisk } from "./little-disk.ts";
import { filesBelow, storeWith } from "./store-tricks.ts";
import { backUp, expectNothingLeft, standing, TOWN, verifyOrder } from "./town.ts";

const LEFT = 4_711;
const WITH_NUMBERS = new RegExp(`${LEFT} bytes were left .*, and \\d+ must stay free`);

let host: EmbeddedHost;
let cluster: ClickHouseCluster;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  cluster = await host.cluster();
  await host.run(...TOWN);
});
afterAll(() => host[Symbol.asyncDispose]());

/** Runs `act` on a cluster that is suspended. */
async function whileSuspended(act: () => Promise<void>): Promise<void> {
  await confirmedBy(cluster.lifecycle.suspend(anOrder(), NEVER));
  try {
    await act();
  } finally {
    await confirmedBy(cluster.lifecycle.resume(anOrder(), NEVER));
  }
}

async function filling(): Promise<string[]> {
  return ((await host.host.status()).filling ?? []).map(({ operationId }) => operationId);
}

test("I22: a trial whose disk fills while rows come in is ended at once, says nothing of the backup, and leaves nothing", async () => {
  const backupId = await backUp(cluster);
  await using disk = await proxyOfLittleDisk(host.address.url, (call) => /trials\/.*\/endpoints/.test(call), LEFT);
  const { systemBackups } = await host.cluster({}, { host: { ...host.address, url: disk.url } });
  const failed = confirmedBy(systemBackups.verify(verifyOrder(backupId), NEVER));
  await expect(failed).rejects.toMatchObject({ code: "disk-full", detail: expect.stringMatching(WITH_NUMBERS) });
  expect((await standing(cluster, backupId)).suspect).toBeUndefined();
  await expectNothingLeft(host);
});

test("I22: a restore whose disk fills while rows come in is ended at once, and the data is as before", async () => {
  const backupId = await backUp(cluster);
  await whileSuspended(async () => {
    await using disk = await proxyOfLittleDisk(host.address.url, (call) => /restores\/.*\/endpoints/.test(call), LEFT);
    const { systemBackups } = await host.cluster({}, { host: { ...host.address, url: disk.url } });
    const order = { ...anOrder(), backupId, acceptSuspect: false };
    const failed = confirmedBy(systemBackups.restore(order, NEVER));
    await expect(failed).rejects.toMatchObject({ code: "disk-full", detail: expect.stringMatching(WITH_NUMBERS) });
    expect(await host.host.restore(order.jobId)).toMatchObject({ phase: "discarded" });
  });
  await expectNothingLeft(host);
});

test("I22: a backup whose store fills while it is copied is ended before the copy is done, and leaves nothing", async () => {
  let isCopying = false;
  const real = storeWith(await host.store(), async () => undefined);
  const store: ObjectStore = {
    ...real,
    space: async () => (isCopying ? { freeBytes: LEFT, totalBytes: 10 ** 12 } : real.space()),
  };
  const slow = await host.cluster({ backupBandwidthBytesPerSecond: 8_000_000 }, { store });
  const order = aBackupOrder();
  const phases: string[] = [];
  const follow = async () => {
    for await (const report of slow.systemBackups.backUp(order, NEVER)) {
      if (report.type === "progress") isCopying = true;
      if (report.type === "phase") phases.push(report.phase);
    }
  };
  await expect(follow()).rejects.toMatchObject({ code: "disk-full", detail: expect.stringContaining(`${LEFT} bytes`) });
  expect(phases).toEqual(["preparing", "copying"]);
  const left = (await filesBelow(host.storeRoot)).filter((file) => file.includes(order.backupId));
  expect(left).toEqual([]);
  const Count = z.object({ n: z.coerce.number() });
  const running = "SELECT count() AS n FROM system.backups WHERE status = 'CREATING_BACKUP'";
  expect(await host.ask(Count, running)).toEqual([{ n: 0 }]);
});

test("I22: a restore leaves the room alone that a trial still needs, and a trial that of a restore", async () => {
  const backupId = await backUp(cluster);
  const [rank] = (await host.host.status()).ranks;
  const neededBytes = (rank?.diskTotalBytes ?? 0) * 2;
  const refusal = { code: "disk-full", detail: expect.stringContaining("there are 0 that nothing else needs") };
  await whileSuspended(async () => {
    const trial = { operationId: randomUUID(), fencingToken: 0, neededBytes };
    await host.host.openTrial(trial);
    expect(await filling()).toEqual([trial.operationId]);
    const order = { ...anOrder(), backupId, acceptSuspect: false };
    await expect(confirmedBy(cluster.systemBackups.restore(order, NEVER))).rejects.toMatchObject(refusal);
    expect(await host.host.restore(order.jobId)).toBeUndefined();
    await host.host.discardTrial(trial.operationId);
    expect(await filling()).toEqual([]);

    const { jobId: operationId, fencingToken } = anOrder();
    await host.host.openRestore({ operationId, fencingToken, neededBytes });
    expect(await filling()).toEqual([operationId]);
    await expect(confirmedBy(cluster.systemBackups.verify(verifyOrder(backupId), NEVER))).rejects.toMatchObject(
      refusal,
    );
    await host.until(async () => (await host.host.restore(operationId))?.phase === "ready");
    await host.host.discardRestore({ operationId, fencingToken });
    await host.until(async () => (await host.host.restore(operationId))?.phase === "discarded");
    expect(await filling()).toEqual([]);
  });
  await expectNothingLeft(host);
});
