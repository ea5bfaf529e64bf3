import type { JobId } from "@snapdeck/contract/scalars";
import type { PreviousDataOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { proxyThatLoses } from "./lost-answer.ts";

/** Two, so that a swap back may be cut off between ranks. */
const RANKS = 2;

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start({ ranks: RANKS });
  await host.run(
    "CREATE DATABASE town",
    "CREATE TABLE town.people (id UInt64, name String) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.people SELECT number, toString(number) FROM numbers(10000)",
  );
});
afterAll(() => host[Symbol.asyncDispose]());

/** Every story begins on a running cluster. A failpoint acts once, so none is left for the next story. */
beforeEach(async () => {
  if ((await host.host.status()).state === "suspended") await resume();
});

async function suspend(): Promise<void> {
  await confirmedBy((await host.cluster()).lifecycle.suspend(anOrder(), NEVER));
}

async function resume(): Promise<void> {
  await confirmedBy((await host.cluster()).lifecycle.resume(anOrder(), NEVER));
}

async function checksum(): Promise<string> {
  return (await (await host.cluster()).data.checksum("town", "people", NEVER)).checksum;
}

/** Restores a backup over rows that came later, and answers the restore's job and both contents. The cluster is suspended. */
async function restored(): Promise<{ restoreId: JobId; now: string; aside: string }> {
  const { systemBackups } = await host.cluster();
  const now = await checksum();
  const backup = aBackupOrder();
  await confirmedBy(systemBackups.backUp(backup, NEVER));
  await host.run("INSERT INTO town.people SELECT rand(), 'later' FROM numbers(100)");
  const aside = await checksum();
  await suspend();
  const order = anOrder();
  await confirmedBy(systemBackups.restore({ ...order, backupId: backup.backupId, acceptSuspect: false }, NEVER));
  return { restoreId: order.jobId, now, aside };
}

function undoOrder(restoreId: JobId): PreviousDataOrder {
  return { ...anOrder(), restoreId };
}

const LIVE = Array.from({ length: RANKS }, (_, rank) => `rank-${rank}`);

describe("An undo", () => {
  test("brings the data from before back, by checksum, and tells how long its own swap took", async () => {
    const { restoreId, now, aside } = await restored();
    const cluster = await host.cluster();
    expect((await cluster.lifecycle.observe()).previousData).toMatchObject({ restoreId });
    expect(host.rankDirectories()).toHaveLength(2 * RANKS);
    const reports = await reportsOf(cluster.systemBackups.undoRestore(undoOrder(restoreId), NEVER));
    expect(reports[0]).toEqual({ type: "phase", phase: "swapping" });
    const undone = await host.host.restore(restoreId);
    const evidence = { kind: "undo-restore", restoreId, swapMs: undone?.swapMs };
    expect(reports.at(-1)).toEqual({ type: "confirmed", evidence });
    await resume();
    expect(await checksum()).toBe(aside);
    expect(aside).not.toBe(now);
    await host.until(async () => host.rankDirectories().join() === LIVE.join());
  });

  test("is possible after the host manager was started anew, and by another server", async () => {
    const { restoreId, aside } = await restored();
    await host.kill();
    await host.startAgain();
    const { lifecycle, systemBackups } = await host.cluster();
    expect((await lifecycle.observe()).previousData).toMatchObject({ restoreId });
    await confirmedBy(systemBackups.undoRestore(undoOrder(restoreId), NEVER));
    await resume();
    expect(await checksum()).toBe(aside);
  });

  test.each(["undo.beforeMarker", "undo.rank1.afterLiveAside", "undo.afterRecord"])(
    "whose host manager is killed at %s is confirmed once that is started anew",
    async (failpoint) => {
      const { restoreId, aside } = await restored();
      await host.kill();
      await host.startAgain(`${failpoint}=kill`);
      const { systemBackups } = await host.cluster();
      const undone = confirmedBy(systemBackups.undoRestore(undoOrder(restoreId), NEVER));
      undone.catch(() => undefined);
      await host.untilDead();
      await host.startAgain();
      expect(await undone).toMatchObject({ kind: "undo-restore", restoreId, swapMs: expect.any(Number) });
      await resume();
      expect(await checksum()).toBe(aside);
    },
  );

  test("that the host manager could not write down is asked for once more", async () => {
    const { restoreId, aside } = await restored();
    await host.kill();
    await host.startAgain("undo.beforeMarker=throw");
    const { systemBackups } = await host.cluster();
    expect(await confirmedBy(systemBackups.undoRestore(undoOrder(restoreId), NEVER))).toMatchObject({ restoreId });
    await resume();
    expect(await checksum()).toBe(aside);
  });

  test("that is stuck in the middle of the renames is carried on with", async () => {
    const { restoreId, aside } = await restored();
    await host.kill();
    await host.startAgain("undo.rank1.afterLiveAside=throw");
    const { systemBackups } = await host.cluster();
    await confirmedBy(systemBackups.undoRestore(undoOrder(restoreId), NEVER));
    await resume();
    expect(await checksum()).toBe(aside);
  });

  test("whose server dies after the order is taken up by the next, and one whose order was never given is lost", async () => {
    const { restoreId, aside } = await restored();
    const order = undoOrder(restoreId);
    const unknown = (await host.cluster()).systemBackups.undoRestore({ ...order, takeUp: true }, NEVER);
    expect(await reportsOf(unknown)).toMatchObject([{ type: "lost" }]);
    await host.host.undoRestore({ operationId: restoreId, fencingToken: order.fencingToken });
    const takenUp = (await host.cluster()).systemBackups.undoRestore({ ...order, takeUp: true }, NEVER);
    expect(await confirmedBy(takenUp)).toMatchObject({ kind: "undo-restore", restoreId });
    await resume();
    expect(await checksum()).toBe(aside);
  });

  test("that a newer holder of the lock has overtaken is refused by the host manager, and nothing is exchanged", async () => {
    const { restoreId, now } = await restored();
    const order = { ...undoOrder(restoreId), fencingToken: 0 };
    const refused = confirmedBy((await host.cluster()).systemBackups.undoRestore(order, NEVER));
    await expect(refused).rejects.toMatchObject({ code: "lock-lost" });
    await resume();
    expect(await checksum()).toBe(now);
  });

  test("that is canceled once the host manager has the order is confirmed", async () => {
    const { restoreId, aside } = await restored();
    const cancel = new AbortController();
    let last: WorkReport | undefined;
    for await (const report of (await host.cluster()).systemBackups.undoRestore(undoOrder(restoreId), cancel.signal)) {
      last = report;
      cancel.abort();
    }
    expect(last).toMatchObject({ type: "confirmed" });
    await resume();
    expect(await checksum()).toBe(aside);
  });

  test("whose answer is lost while it is carried out is confirmed", async () => {
    const { restoreId, aside } = await restored();
    const undone = () => host.until(async () => (await host.host.restore(restoreId))?.phase === "undone");
    await using proxy = await proxyThatLoses(host.address.url, (call) => call.endsWith("/undo"), undone);
    const { systemBackups } = await host.cluster({}, { host: { ...host.address, url: proxy.url } });
    expect(await confirmedBy(systemBackups.undoRestore(undoOrder(restoreId), NEVER))).toMatchObject({ restoreId });
    expect(proxy.lost()).toBe(1);
    await resume();
    expect(await checksum()).toBe(aside);
  });
});

describe("Keeping restored data", () => {
  test("is finished by a host manager that is started anew after one that was killed in the middle of it", async () => {
    const { restoreId, now } = await restored();
    await host.kill();
    await host.startAgain("keep.rank0.afterRemoval=kill");
    const cluster = await host.cluster();
    const kept = confirmedBy(cluster.systemBackups.keepRestored(undoOrder(restoreId), NEVER));
    kept.catch(() => undefined);
    await host.untilDead();
    await host.startAgain();
    expect(await kept).toEqual({ kind: "keep-restored", restoreId });
    expect(host.rankDirectories()).toEqual(LIVE);
    expect((await cluster.lifecycle.observe()).previousData).toBeUndefined();
    await resume();
    expect(await checksum()).toBe(now);
  });

  test("goes on when a removal failed, and shows nothing to undo meanwhile", async () => {
    const { restoreId } = await restored();
    await host.kill();
    await host.startAgain("keep.rank0.afterRemoval=throw");
    const cluster = await host.cluster();
    await host.host.keepRestored({ operationId: restoreId, fencingToken: anOrder().fencingToken });
    await host.until(async () => (await host.host.restore(restoreId))?.detail !== undefined);
    expect(await host.host.restore(restoreId)).toMatchObject({ phase: "keeping" });
    expect((await cluster.lifecycle.observe()).previousData).toBeUndefined();
    expect(await confirmedBy(cluster.systemBackups.keepRestored(undoOrder(restoreId), NEVER))).toMatchObject({
      restoreId,
    });
    expect(host.rankDirectories()).toEqual(LIVE);
  });
});
