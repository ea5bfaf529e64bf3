import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostTrial } from "@snapdeck/contract/host";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { engineLockHolder } from "../src/host/engine-lock.ts";
import { aPid, fill, generations, TestCluster } from "./host-cluster.ts";
import { query, type SpawnedHost, waitFor } from "./spawn-host.ts";

const RANKS = 2;
const LIVE = ["rank-0", "rank-1"];

/** One cluster lives through all stories: its data is never anything but `live`. */
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.make(RANKS);
  const host = await cluster.start();
  await fill(await host.endpoints(), "live");
  await host.stop();
});
// A story that fails must not hold the directory against the next one.
afterEach(() => cluster.endHosts());
afterAll(() => cluster.end());

function discard(host: SpawnedHost, operationId: string): Promise<HostTrial> {
  return host.ask(HostTrial, "POST", `/v1/trials/${operationId}/discard`);
}

async function expectLive(host: SpawnedHost): Promise<void> {
  expect(await generations(await host.endpoints())).toEqual(LIVE.map(() => "live"));
}

function untilLiveAlone(): Promise<string[]> {
  return waitFor(
    async () => cluster.rankDirectories(),
    (names) => names.join() === LIVE.join(),
  );
}

describe("a trial", () => {
  it("is filled beside the running ranks, which answer meanwhile, and leaves nothing when it is discarded", async () => {
    const host = await cluster.start();
    const { operationId, ranks } = await cluster.openTrial(host);
    expect(await query(ranks[0]!, "SELECT count() FROM system.tables WHERE database = 'shop' FORMAT TSV")).toBe("0");
    await fill(ranks, "trial");
    await waitFor(
      () => host.trial(operationId),
      (trial) => trial.ranks.every(({ bytesOnDisk }) => bytesOnDisk > 1_000),
    );
    expect(await generations(ranks)).toEqual(["trial", "trial"]);
    expect(await host.status()).toMatchObject({ state: "running" });
    await expectLive(host);
    await discard(host, operationId);
    await host.untilTrial(operationId, "discarded");
    expect(cluster.rankDirectories()).toEqual(LIVE);
    await expect(query(ranks[0]!, "SELECT 1")).rejects.toThrow();
    expect((await discard(host, operationId)).phase).toBe("discarded");
    await expectLive(host);
  });

  it("is opened whatever the cluster does: suspended, or beside a restore, and none of them touches another", async () => {
    const host = await cluster.start();
    await host.suspend(cluster.order());
    const restore = await cluster.openRestore(host);
    const trial = await cluster.openTrial(host);
    expect(new Set([...restore.ranks, ...trial.ranks].map(({ password }) => password)).size).toBe(2);
    expect(cluster.rankDirectories()).toHaveLength(3 * RANKS);
    await host.request("POST", `/v1/restores/${restore.operationId}/discard`);
    await host.untilRestore(restore.operationId, "discarded");
    expect(await query(trial.ranks[0]!, "SELECT 1")).toBe("1");
    await host.resume(cluster.order());
    await expectLive(host);
    await discard(host, trial.operationId);
    await untilLiveAlone();
  });

  it("takes an order of any lock, is opened once, stands alone, and may be opened again once it ended", async () => {
    const host = await cluster.start("trial.beforeReady=delay:300");
    const order = { operationId: randomUUID(), fencingToken: 0 };
    await host.ask(HostTrial, "POST", "/v1/trials", order);
    expect(await host.refused("GET", `/v1/trials/${order.operationId}/endpoints`)).toMatchObject({
      code: "cluster-busy",
    });
    await host.untilTrial(order.operationId, "ready");
    expect(await host.ask(HostTrial, "POST", "/v1/trials", order)).toMatchObject({ phase: "ready" });
    const second = cluster.order();
    expect(await host.refused("POST", "/v1/trials", second)).toMatchObject({ status: 409, code: "cluster-busy" });
    expect(await host.refused("GET", `/v1/trials/${second.operationId}`)).toMatchObject({ code: "job-not-found" });
    await discard(host, order.operationId);
    await host.untilTrial(order.operationId, "discarded");
    expect(await host.refused("GET", `/v1/trials/${order.operationId}/endpoints`)).toMatchObject({
      code: "job-finished",
    });
    await host.ask(HostTrial, "POST", "/v1/trials", order);
    await host.untilTrial(order.operationId, "ready");
    await discard(host, order.operationId);
    await untilLiveAlone();
  });

  it("is discarded while its ranks still start", async () => {
    const host = await cluster.start();
    const { operationId } = await host.ask(HostTrial, "POST", "/v1/trials", cluster.order());
    await discard(host, operationId);
    await host.untilTrial(operationId, "discarded");
    expect(cluster.rankDirectories()).toEqual(LIVE);
  });

  it("fails with the reason when one of its ranks dies, and is removed", async () => {
    const host = await cluster.start();
    const { operationId } = await cluster.openTrial(host);
    const pid = engineLockHolder(join(cluster.clusterDir, `rank-1.trial-${operationId}`));
    process.kill(aPid(pid), "SIGKILL");
    expect((await host.untilTrial(operationId, "failed")).detail).toMatch(/throw-away rank 1 .*SIGKILL/);
    expect(cluster.rankDirectories()).toEqual(LIVE);
    await expectLive(host);
  });

  it("fails when its ranks cannot be made ready, and what its removal left is removed before the next one", async () => {
    const host = await cluster.start("trial.beforeReady=throw,trial.beforeRemoval=throw");
    const { operationId } = await host.ask(HostTrial, "POST", "/v1/trials", cluster.order());
    await host.untilTrial(operationId, "failed");
    expect(cluster.rankDirectories()).toHaveLength(2 * RANKS);
    const next = await cluster.openTrial(host);
    expect(cluster.rankDirectories().filter((name) => name.includes(operationId))).toEqual([]);
    await discard(host, next.operationId);
    await untilLiveAlone();
  });

  it("that nobody asks for is discarded", async () => {
    const host = await cluster.start(undefined, { trialIdleMs: 300 });
    const { operationId } = await host.ask(HostTrial, "POST", "/v1/trials", cluster.order());
    await waitFor(
      async () => host.logText(),
      (text) => text.includes(`"phase":"discarded"`),
    );
    await untilLiveAlone();
    expect((await host.untilTrial(operationId, "discarded")).detail).toContain("300 ms");
    await expectLive(host);
  });

  it("ends with its host manager", async () => {
    const host = await cluster.start();
    const { ranks } = await cluster.openTrial(host);
    await host.stop();
    expect(cluster.rankDirectories()).toEqual(LIVE);
    await expect(query(ranks[0]!, "SELECT 1")).rejects.toThrow();
  });
});

describe("a host manager that is killed during a trial", () => {
  it("removes what is left of it when it starts again, and only that", async () => {
    const host = await cluster.start();
    const { ranks } = await cluster.openTrial(host);
    await fill(ranks, "trial");
    await host.kill();
    const strangers = ["rank-0.trial-mine", `rank-0.trial-${randomUUID()}.copy`].map((name) =>
      join(cluster.clusterDir, name),
    );
    for (const path of strangers) mkdirSync(path);
    const link = join(cluster.clusterDir, `rank-0.trial-${randomUUID()}`);
    symlinkSync(join(cluster.clusterDir, "rank-0"), link);
    const file = join(cluster.clusterDir, `rank-1.trial-${randomUUID()}`);
    writeFileSync(file, "");
    const again = await cluster.start();
    expect(cluster.rankDirectories()).toHaveLength(RANKS + 4);
    await expectLive(again);
    for (const path of [...strangers, link, file]) rmSync(path, { recursive: true });
  });

  it.each([
    "trial.beforeDirectories",
    "trial.beforeRanks",
    "trial.beforeReady",
    "trial.beforeRemoval",
    "trial.rank0.afterRemoval",
    "trial.rank1.afterRemoval",
  ])("at %s leaves the live data alone, and nothing of the trial after the next start", async (name) => {
    const host = await cluster.start(`${name}=kill`);
    const { operationId } = cluster.order();
    await host.request("POST", "/v1/trials", { operationId, fencingToken: 0 }).catch(() => undefined);
    if (name.endsWith("Removal")) await discard(host, operationId).catch(() => undefined);
    expect(await host.exited).toEqual({ code: null, signal: "SIGKILL" });
    const again = await cluster.start();
    expect(cluster.rankDirectories()).toEqual(LIVE);
    expect(await again.refused("GET", `/v1/trials/${operationId}`)).toMatchObject({ code: "job-not-found" });
    await expectLive(again);
  });
});
