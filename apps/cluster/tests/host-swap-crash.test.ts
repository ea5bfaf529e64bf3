import { HostRestore } from "@snapdeck/contract/host";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fill, generations, TestCluster } from "./host-cluster.ts";
import { type SpawnedHost, waitFor } from "./spawn-host.ts";

/** Two are all that tells a swap apart that is through on one rank and not on the next; `host-restore` swaps three. */
const RANKS = 2;

/**
 * One cluster goes through all crashes, one after the other: its live data is always generation `live`, and each restore
 * brings `live + 1`. What a crash leaves is read from the engine of every rank.
 */
let cluster: TestCluster;
let live = 0;

beforeAll(async () => {
  cluster = await TestCluster.make(RANKS);
  const host = await cluster.start();
  await fill(await host.endpoints(), "0");
  await host.suspend(cluster.order());
  await host.stop();
});
// A case that fails must not hold the directory against the next one.
afterEach(() => cluster.endHosts());
afterAll(() => cluster.end());

async function openAndCommit(host: SpawnedHost): Promise<string> {
  const { operationId, ranks } = await cluster.openRestore(host);
  await fill(ranks, String(live + 1));
  await host.request("POST", `/v1/restores/${operationId}/commit`).catch(() => undefined);
  return operationId;
}

async function diesBySigkill(host: SpawnedHost): Promise<void> {
  expect(await host.exited).toEqual({ code: null, signal: "SIGKILL" });
}

/** What the engines hold after everything was started anew, and that there is no trace of a swap left. */
async function expectLive(host: SpawnedHost, generation: number, directories: number): Promise<void> {
  expect(cluster.rankDirectories()).toHaveLength(directories);
  await host.resume(cluster.order());
  expect(await generations(await host.endpoints())).toEqual(Array.from({ length: RANKS }, () => String(generation)));
  await host.suspend(cluster.order());
}

const BEFORE_THE_SWAP = [
  "restore.beforeRanks",
  "restore.beforeReady",
  "seal.beforeStop",
  "seal.afterSync",
  "swap.beforeMarker",
];
const AFTER_THE_MARKER = [
  "afterMarker",
  ...Array.from({ length: RANKS }, (_, rank) => [`rank${rank}.afterLiveAside`, `rank${rank}.afterIncomingIn`]).flat(),
  "afterRenames",
  "afterParentSync",
  "afterRecord",
  "afterMarkerRemoved",
];

describe("I15: a host manager that is killed during a restore", () => {
  it.each(BEFORE_THE_SWAP)("at %s leaves exactly the old data, and the restore failed", async (name) => {
    const host = await cluster.start(`${name}=kill`);
    const order = cluster.order();
    await host.request("POST", "/v1/restores", order).catch(() => undefined);
    if (!name.startsWith("restore.")) {
      await host.untilRestore(order.operationId, "ready");
      await fill(await host.restoreEndpoints(order.operationId), String(live + 1));
      await host.request("POST", `/v1/restores/${order.operationId}/commit`).catch(() => undefined);
    }
    await diesBySigkill(host);
    const again = await cluster.start();
    const restore = await again.restore(order.operationId);
    expect(restore.phase).toBe("failed");
    expect(restore.detail).toContain("live data was not touched");
    await expectLive(again, live, RANKS);
  });

  it.each(["discard.beforeRemoval", "discard.rank1.afterRemoval"])("at %s leaves the old data alone", async (name) => {
    const host = await cluster.start(`${name}=kill`);
    const { operationId } = await cluster.openRestore(host);
    await host.request("POST", `/v1/restores/${operationId}/discard`).catch(() => undefined);
    await diesBySigkill(host);
    const again = await cluster.start();
    expect(await again.restore(operationId)).toMatchObject({ phase: "discarded" });
    await expectLive(again, live, RANKS);
  });

  it.each(AFTER_THE_MARKER)(
    "at swap.%s has the new data everywhere, and the old data after an undo that is killed there",
    async (name) => {
      const host = await cluster.start(`swap.${name}=kill`);
      const operationId = await openAndCommit(host);
      await diesBySigkill(host);
      const again = await cluster.start(`undo.${name}=kill`);
      expect(await again.restore(operationId)).toMatchObject({ phase: "swapped", swapMs: expect.any(Number) });
      await expectLive(again, live + 1, 2 * RANKS);
      await again.request("POST", `/v1/restores/${operationId}/undo`).catch(() => undefined);
      await diesBySigkill(again);
      const third = await cluster.start();
      expect(await third.restore(operationId)).toMatchObject({ phase: "undone" });
      await expectLive(third, live, RANKS);
    },
  );

  it("at keep.rank1.afterRemoval goes on letting go, and the restored data stays", async () => {
    const host = await cluster.start("keep.rank1.afterRemoval=kill");
    const operationId = await openAndCommit(host);
    await host.untilRestore(operationId, "swapped");
    live += 1;
    await host.request("POST", `/v1/restores/${operationId}/keep`).catch(() => undefined);
    await diesBySigkill(host);
    const again = await cluster.start();
    expect(await again.restore(operationId)).toMatchObject({ phase: "kept" });
    await expectLive(again, live, RANKS);
  });
});

describe("a restore over an earlier one whose previous data is kept", () => {
  it("leaves that data alone until it is swapped in itself, and lets it go then, also over a crash", async () => {
    const host = await cluster.start("swap.afterRecord=kill");
    const earlier = await openAndCommit(host);
    await diesBySigkill(host);
    live += 1;
    const second = await cluster.start("swap.beforeMarker=throw");
    const failed = await openAndCommit(second);
    await second.untilRestore(failed, "failed");
    expect(await second.status()).toMatchObject({ state: "suspended", restore: { operationId: earlier } });
    await expectLive(second, live, 2 * RANKS);
    await second.stop();

    const third = await cluster.start("swap.afterRecord=kill");
    const later = await openAndCommit(third);
    await diesBySigkill(third);
    live += 1;
    const fourth = await cluster.start();
    expect(await fourth.restore(earlier)).toMatchObject({ phase: "kept" });
    await expectLive(fourth, live, 2 * RANKS);
    await fourth.ask(HostRestore, "POST", `/v1/restores/${later}/undo`);
    await fourth.untilRestore(later, "undone");
    live -= 1;
    await waitFor(
      async () => cluster.rankDirectories(),
      (names) => names.length === RANKS,
    );
    await expectLive(fourth, live, RANKS);
  });
});

it("a host manager that is killed before the marker of an undo has the restored data, and can still undo", async () => {
  const host = await cluster.start("undo.beforeMarker=kill");
  const operationId = await openAndCommit(host);
  await host.untilRestore(operationId, "swapped");
  await host.request("POST", `/v1/restores/${operationId}/undo`).catch(() => undefined);
  await diesBySigkill(host);
  const again = await cluster.start();
  expect(await again.restore(operationId)).toMatchObject({ phase: "swapped" });
  await expectLive(again, live + 1, 2 * RANKS);
  await again.ask(HostRestore, "POST", `/v1/restores/${operationId}/undo`);
  await again.untilRestore(operationId, "undone");
});

describe("a swap that fails in the middle without a crash", () => {
  it("is carried through when it is asked for again", async () => {
    const host = await cluster.start("swap.rank1.afterLiveAside=throw");
    const operationId = await openAndCommit(host);
    const stuck = await host.until(({ restore }) => restore?.detail !== undefined);
    expect(stuck).toMatchObject({ state: "restoring", restore: { phase: "sealing" } });
    expect(await host.refused("POST", "/v1/resume", cluster.order())).toMatchObject({ code: "restore-in-progress" });
    expect(await host.refused("POST", `/v1/restores/${operationId}/discard`)).toMatchObject({
      code: "restore-already-swapped",
    });
    await host.request("POST", `/v1/restores/${operationId}/commit`);
    await host.untilRestore(operationId, "swapped");
    live += 1;
    await expectLive(host, live, 2 * RANKS);
    await host.ask(HostRestore, "POST", `/v1/restores/${operationId}/keep`);
    await host.untilRestore(operationId, "kept");
  });
});

describe("a restore that cannot be sealed", () => {
  it.each(["seal.afterSync", "swap.beforeMarker"])("at %s fails and leaves the old data", async (name) => {
    const host = await cluster.start(`${name}=throw`);
    const operationId = await openAndCommit(host);
    await host.untilRestore(operationId, "failed");
    await expectLive(host, live, RANKS);
  });
});
