import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmdirSync } from "node:fs";
import { HostRestore } from "@snapdeck/contract/host";
import { afterEach, describe, expect, it } from "vitest";
import { engineLockHolder } from "../src/host/engine-lock.ts";
import { aPid, fill, generations, TestCluster } from "./host-cluster.ts";
import { query, type SpawnedHost, waitFor } from "./spawn-host.ts";

const RANKS = 3;
const all = (generation: string) => Array.from({ length: cluster.ranks }, () => generation);

let cluster: TestCluster;
let host: SpawnedHost;

afterEach(() => cluster.end());

/** Begins with a suspended cluster that holds the generation "old". */
async function suspendedCluster(ranks: number): Promise<void> {
  cluster = await TestCluster.make(ranks);
  host = await cluster.start();
  await fill(await host.endpoints(), "old");
  await host.suspend(cluster.order());
}

function step(name: string, operationId: string): Promise<HostRestore> {
  return host.ask(HostRestore, "POST", `/v1/restores/${operationId}/${name}`);
}

async function restoreNew(): Promise<string> {
  const { operationId, ranks } = await cluster.openRestore(host);
  await fill(ranks, "new");
  await step("commit", operationId);
  await host.untilRestore(operationId, "swapped");
  return operationId;
}

async function liveGenerations(): Promise<string[]> {
  await host.resume(cluster.order());
  return generations(await host.endpoints());
}

describe("a restore", () => {
  it("builds on fresh directories, swaps them in, and is undone", async () => {
    await suspendedCluster(RANKS);
    const { operationId, ranks } = await cluster.openRestore(host);
    expect(await host.status()).toMatchObject({ state: "restoring", restore: { operationId, phase: "ready" } });
    expect(await query(ranks[0]!, "SELECT count() FROM system.tables WHERE database = 'shop' FORMAT TSV")).toBe("0");
    await fill(ranks, "new");
    await waitFor(
      () => host.restore(operationId),
      (restore) => restore.ranks.every(({ bytesOnDisk }) => bytesOnDisk > 1_000),
    );
    for (const [path, code] of [
      ["/v1/resume", "restore-in-progress"],
      ["/v1/suspend", "restore-in-progress"],
      ["/v1/restores", "restore-in-progress"],
    ] as const) {
      expect(await host.refused("POST", path, cluster.order())).toMatchObject({ status: 409, code });
    }
    expect(await host.refused("POST", `/v1/restores/${operationId}/undo`)).toMatchObject({ code: "cluster-busy" });

    await step("commit", operationId);
    const swapped = await host.untilRestore(operationId, "swapped");
    expect(swapped.swapMs).toBeGreaterThan(0);
    expect(swapped.swappedAt).toBeDefined();
    expect(swapped.ranks.every(({ bytesOnDisk }) => bytesOnDisk > 1_000)).toBe(true);
    expect((await step("commit", operationId)).phase).toBe("swapped");
    expect(await host.refused("POST", `/v1/restores/${operationId}/discard`)).toMatchObject({
      code: "restore-already-swapped",
    });
    expect(await liveGenerations()).toEqual(all("new"));
    expect(await host.refused("POST", `/v1/restores/${operationId}/undo`)).toMatchObject({
      code: "cluster-not-suspended",
    });

    await host.suspend(cluster.order());
    await step("undo", operationId);
    await host.untilRestore(operationId, "undone");
    expect(await liveGenerations()).toEqual(all("old"));
    expect((await host.status()).restore).toBeUndefined();
    await waitFor(
      async () => cluster.rankDirectories(),
      (names) => names.length === RANKS,
    );
  });

  it("keeps the previous data until it is let go, also over a restart", async () => {
    await suspendedCluster(1);
    const operationId = await restoreNew();
    await host.kill();
    host = await cluster.start();
    expect(await host.restore(operationId)).toMatchObject({ phase: "swapped" });
    expect(cluster.rankDirectories()).toHaveLength(2);
    expect(await liveGenerations()).toEqual(all("new"));
    await step("keep", operationId);
    await host.untilRestore(operationId, "kept");
    expect(cluster.rankDirectories()).toEqual(["rank-0"]);
    expect(await host.refused("POST", `/v1/restores/${operationId}/undo`)).toMatchObject({ code: "job-finished" });
    expect(await generations(await host.endpoints())).toEqual(all("new"));
  });

  it("lets the data from before an earlier one go once it is swapped in itself", async () => {
    await suspendedCluster(1);
    const earlier = await restoreNew();
    const given = await cluster.openRestore(host);
    const refusal = await host.refused("POST", `/v1/restores/${earlier}/undo`);
    expect(refusal).toMatchObject({ code: "cluster-not-suspended" });
    await step("discard", given.operationId);
    await host.untilRestore(given.operationId, "discarded");
    expect(cluster.rankDirectories()).toEqual(["rank-0", `rank-0.previous-${earlier}`]);

    const later = await restoreNew();
    await host.untilRestore(earlier, "kept");
    expect(await host.refused("POST", `/v1/restores/${earlier}/undo`)).toMatchObject({ code: "job-finished" });
    expect(cluster.rankDirectories()).toEqual(["rank-0", `rank-0.previous-${later}`]);
  });

  it("leaves nothing behind and nothing changed when it is discarded", async () => {
    await suspendedCluster(1);
    const { operationId, ranks } = await cluster.openRestore(host);
    await fill(ranks, "new");
    await step("discard", operationId);
    await host.untilRestore(operationId, "discarded");
    expect(cluster.rankDirectories()).toEqual(["rank-0"]);
    expect((await step("discard", operationId)).phase).toBe("discarded");
    expect(await host.refused("POST", `/v1/restores/${operationId}/commit`)).toMatchObject({ code: "job-finished" });
    await expect(query(ranks[0]!, "SELECT 1")).rejects.toThrow();
    expect(await liveGenerations()).toEqual(all("old"));
  });

  it("is discarded while its ranks still start", async () => {
    await suspendedCluster(1);
    const order = cluster.order();
    await host.ask(HostRestore, "POST", "/v1/restores", order);
    await step("discard", order.operationId);
    await host.untilRestore(order.operationId, "discarded");
    expect(cluster.rankDirectories()).toEqual(["rank-0"]);
    expect(await liveGenerations()).toEqual(all("old"));
  });

  it("fails with the reason when one of its ranks dies", async () => {
    await suspendedCluster(RANKS);
    const { operationId } = await cluster.openRestore(host);
    const pid = engineLockHolder(`${cluster.clusterDir}/rank-1.restore-${operationId}`);
    process.kill(aPid(pid), "SIGKILL");
    const failed = await host.untilRestore(operationId, "failed");
    expect(failed.detail).toMatch(/maintenance rank 1 .*SIGKILL.*live data was not touched/);
    expect(cluster.rankDirectories()).toEqual(["rank-0", "rank-1", "rank-2"]);
    expect(await liveGenerations()).toEqual(all("old"));
  });

  it("is opened once, however often its order comes", async () => {
    await suspendedCluster(1);
    const order = cluster.order();
    await host.ask(HostRestore, "POST", "/v1/restores", order);
    await host.untilRestore(order.operationId, "ready");
    expect(await host.ask(HostRestore, "POST", "/v1/restores", order)).toMatchObject({ phase: "ready" });
  });

  it("has credentials of its own, which users do not know", async () => {
    await suspendedCluster(1);
    const { ranks } = await cluster.openRestore(host);
    const passwords = new Set(ranks.map(({ password }) => password));
    expect(passwords.size).toBe(1);
    await host.refused("POST", "/v1/resume", cluster.order());
    await step("discard", (await host.status()).restore!.operationId);
    await host.until(({ state }) => state === "suspended");
    await host.resume(cluster.order());
    const [live] = await host.endpoints();
    expect(passwords.has(live!.password)).toBe(false);
  });

  it("is committed only under the newest lock", async () => {
    await suspendedCluster(1);
    const { operationId } = await cluster.openRestore(host);
    const refusal = await host.refused("POST", `/v1/restores/${operationId}/commit`, { fencingToken: 0 });
    expect(refusal).toMatchObject({ status: 409, code: "lock-lost" });
    expect(await host.restore(operationId)).toMatchObject({ phase: "ready" });
  });
});

it("a swap whose marker cannot be read is not begun, and is carried through once it can be", async () => {
  await suspendedCluster(1);
  const { operationId, ranks } = await cluster.openRestore(host);
  await fill(ranks, "new");
  const marker = `${cluster.clusterDir}/swap.json`;
  mkdirSync(marker);
  await step("commit", operationId);
  const stuck = await host.until(({ restore }) => restore?.detail !== undefined);
  expect(stuck).toMatchObject({ state: "restoring", restore: { phase: "sealing" } });
  expect(cluster.rankDirectories()).toEqual(["rank-0", `rank-0.restore-${operationId}`]);
  rmdirSync(marker);
  await step("commit", operationId);
  await host.untilRestore(operationId, "swapped");
  expect(cluster.rankDirectories()).toEqual(["rank-0", `rank-0.previous-${operationId}`]);
  expect(await liveGenerations()).toEqual(all("new"));
});

it("no restore is opened while the cluster runs", async () => {
  await suspendedCluster(1);
  await host.resume(cluster.order());
  expect(await host.refused("POST", "/v1/restores", cluster.order())).toMatchObject({
    status: 409,
    code: "cluster-not-suspended",
  });
  expect(cluster.rankDirectories()).toEqual(["rank-0"]);
});

it("no restore is opened while somebody else holds the directory of a suspended rank", async () => {
  await suspendedCluster(1);
  const status = `${cluster.clusterDir}/rank-0/status`;
  const holder = spawn("flock", [status, "cat"], { stdio: ["pipe", "ignore", "inherit"] });
  await waitFor(
    async () => engineLockHolder(`${cluster.clusterDir}/rank-0`),
    (pid) => pid !== undefined,
  );
  expect(await host.refused("POST", "/v1/restores", cluster.order())).toMatchObject({
    code: "cluster-not-suspended",
    detail: expect.stringContaining("holds the data directory of rank 0"),
  });
  holder.stdin.end();
  await once(holder, "exit");
  expect((await cluster.openRestore(host)).ranks).toHaveLength(1);
});

it("a restore that is sealed tells how many files are durable by now", async () => {
  cluster = await TestCluster.make(1);
  host = await cluster.start("seal.afterSync=delay:2000");
  await host.suspend(cluster.order());
  const { operationId, ranks } = await cluster.openRestore(host);
  await fill(ranks, "new");
  expect(await host.restore(operationId)).not.toHaveProperty("filesSynced");
  await step("commit", operationId);
  await waitFor(
    () => host.restore(operationId),
    (restore) => restore.phase === "sealing" && (restore.filesSynced ?? 0) > 5,
  );
  expect(await host.untilRestore(operationId, "swapped")).not.toHaveProperty("filesSynced");
});
