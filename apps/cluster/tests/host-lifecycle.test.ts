import { HostStatus } from "@snapdeck/contract/host";
import { afterEach, describe, expect, it } from "vitest";
import { aPid, fill, generations, TestCluster } from "./host-cluster.ts";
import { query, waitFor } from "./spawn-host.ts";

let cluster: TestCluster;
afterEach(() => cluster.end());

describe.each([1, 3])("a cluster of %i rank(s)", (ranks) => {
  it("is suspended and resumed with its data, and stays suspended over a restart of the host manager", async () => {
    cluster = await TestCluster.make(ranks);
    const host = await cluster.start();
    const endpoints = await host.endpoints();
    expect(endpoints).toHaveLength(ranks);
    await fill(endpoints, "first");
    const before = await host.status();
    expect(before).toMatchObject({ state: "running", clusterId: "local" });
    expect(before.engineVersion).not.toBe("");

    const suspended = await host.suspend(cluster.order());
    expect(suspended.transition).toMatchObject({ kind: "suspend", phase: "done" });
    expect(suspended.ranks.map(({ state, pid }) => ({ state, pid }))).toEqual(
      Array.from({ length: ranks }, () => ({ state: "down", pid: undefined })),
    );
    for (const { pid } of before.ranks) expect(() => process.kill(aPid(pid), 0)).toThrow("ESRCH");
    expect(await host.endpoints()).toEqual([]);
    expect(await host.stop()).toEqual({ code: 0, signal: null });

    const again = await cluster.start();
    expect(await again.status()).toMatchObject({ state: "suspended" });
    const running = await again.resume(cluster.order());
    expect(running.ranks.every(({ state }) => state === "up")).toBe(true);
    expect(await generations(await again.endpoints())).toEqual(Array.from({ length: ranks }, () => "first"));
  });
});

it("waits for running queries before it suspends, and tells how many are left", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  const [rank] = await host.endpoints();
  const slow = query(rank!, "SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size = 1 FORMAT TSV");
  await waitFor(
    () => query(rank!, "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleepEachRow%' FORMAT TSV"),
    (count) => count === "1",
  );
  await host.ask(HostStatus, "POST", "/v1/suspend", cluster.order());
  await host.until(({ transition }) => transition?.phase === "draining" && transition.queriesLeft === 1);
  await expect(query(rank!, "SELECT 1")).rejects.toThrow();
  await expect(slow).resolves.toBe("0\n0\n0");
  await host.until(({ state }) => state === "suspended");
});

it("carries out an order once, however often it comes, also after a restart", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  const suspend = cluster.order();
  await host.suspend(suspend);
  expect(await host.ask(HostStatus, "POST", "/v1/suspend", suspend)).toMatchObject({ state: "suspended" });
  const resume = cluster.order();
  await host.resume(resume);
  expect(await host.ask(HostStatus, "POST", "/v1/suspend", suspend)).toMatchObject({ state: "running" });
  expect(await host.refused("POST", "/v1/resume", suspend)).toMatchObject({
    code: "idempotency-conflict",
    status: 409,
  });
  await host.kill();
  const again = await cluster.start();
  expect(await again.ask(HostStatus, "POST", "/v1/suspend", suspend)).toMatchObject({ state: "running" });
  expect(await again.ask(HostStatus, "POST", "/v1/resume", resume)).toMatchObject({ state: "running" });
});

it("refuses an order under an older lock, also after a restart", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  const old = cluster.order();
  await host.suspend(cluster.order());
  expect(await host.refused("POST", "/v1/resume", old)).toMatchObject({ code: "lock-lost", status: 409 });
  await host.kill();
  const again = await cluster.start();
  expect(await again.refused("POST", "/v1/resume", old)).toMatchObject({ code: "lock-lost", status: 409 });
  expect(await again.status()).toMatchObject({ state: "suspended" });
});

it("refuses orders that do not fit the state", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  expect(await host.refused("POST", "/v1/resume", cluster.order())).toMatchObject({ code: "cluster-not-suspended" });
  const first = host.request("POST", "/v1/suspend", cluster.order());
  const second = host.request("POST", "/v1/suspend", cluster.order());
  const statuses = (await Promise.all([first, second])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([202, 409]);
  await host.until(({ state }) => state === "suspended");
  expect(await host.refused("POST", "/v1/suspend", cluster.order())).toMatchObject({ code: "cluster-not-running" });
});

it.each(["suspend.afterIntent", "suspend.afterDrain", "suspend.afterStop"])(
  "a host manager that dies at %s is suspended after a restart",
  async (name) => {
    cluster = await TestCluster.make(1);
    const host = await cluster.start(`${name}=kill`);
    const order = cluster.order();
    await host.request("POST", "/v1/suspend", order).catch(() => undefined);
    expect(await host.exited).toEqual({ code: null, signal: "SIGKILL" });
    const again = await cluster.start();
    expect(await again.status()).toMatchObject({
      state: "suspended",
      transition: { operationId: order.operationId, kind: "suspend", phase: "done" },
    });
  },
);

it.each(["resume.afterIntent", "resume.afterStart"])(
  "a host manager that dies at %s goes on resuming after a restart",
  async (name) => {
    cluster = await TestCluster.make(1);
    const host = await cluster.start(`${name}=kill`);
    await host.suspend(cluster.order());
    const order = cluster.order();
    await host.request("POST", "/v1/resume", order).catch(() => undefined);
    expect(await host.exited).toEqual({ code: null, signal: "SIGKILL" });
    const again = await cluster.start();
    expect(await again.status()).toMatchObject({
      state: "running",
      transition: { operationId: order.operationId, kind: "resume", phase: "done" },
    });
  },
);

it("a resume whose rank does not open ends as failed, and the cluster is suspended still", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start("resume.afterStart=throw");
  await host.suspend(cluster.order());
  await host.ask(HostStatus, "POST", "/v1/resume", cluster.order());
  const status = await host.until(
    ({ transition }) => transition?.kind === "resume" && transition.endedAt !== undefined,
  );
  expect(status).toMatchObject({ state: "suspended", transition: { phase: "failed" } });
  expect(status.ranks[0]).toMatchObject({ state: "down" });
});

it("shows a killed rank as crashed with the reason, and starts it again with its data", async () => {
  cluster = await TestCluster.make(3);
  const host = await cluster.start();
  await fill(await host.endpoints(), "first");
  const { ranks } = await host.status();
  process.kill(aPid(ranks[1]?.pid), "SIGKILL");
  const crashed = await host.until((status) => status.ranks[1]?.state === "crashed");
  expect(crashed.state).toBe("running");
  expect(crashed.ranks[1]?.detail).toContain("SIGKILL");
  expect([crashed.ranks[0]?.state, crashed.ranks[2]?.state]).toEqual(["up", "up"]);
  const up = await host.until((status) => status.ranks[1]?.state === "up");
  expect(up.ranks[1]?.pid).not.toBe(ranks[1]?.pid);
  expect(await generations(await host.endpoints())).toEqual(["first", "first", "first"]);
});

it("ranks do not outlive a killed host manager, and the next one starts on their data", async () => {
  cluster = await TestCluster.make(3);
  const host = await cluster.start();
  await fill(await host.endpoints(), "first");
  const { ranks } = await host.status();
  await host.kill();
  const again = await cluster.start();
  for (const { pid } of ranks) expect(() => process.kill(aPid(pid), 0)).toThrow("ESRCH");
  expect(await generations(await again.endpoints())).toEqual(["first", "first", "first"]);
});

it("ends a rank of the host manager before that hangs", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  const pid = aPid((await host.status()).ranks[0]?.pid);
  process.kill(pid, "SIGSTOP");
  await host.kill();
  const again = await cluster.start();
  expect(again.logText()).toContain("still stopping");
  expect(await again.status()).toMatchObject({ state: "running", ranks: [{ state: "up" }] });
});

it("goes on when nobody reads its output any more", async () => {
  cluster = await TestCluster.make(1);
  const host = await cluster.start();
  await fill(await host.endpoints(), "first");
  host.child.stdout?.destroy();
  host.child.stderr?.destroy();
  await host.suspend(cluster.order());
  await host.resume(cluster.order());
  expect(await generations(await host.endpoints())).toEqual(["first"]);
  expect(await host.stop()).toEqual({ code: 0, signal: null });
});
