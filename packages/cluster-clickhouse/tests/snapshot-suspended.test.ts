import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { anOrder, confirmedBy, NEVER } from "./embedded-host.ts";
import { RestoreWorld, SHOP } from "./restore-world.ts";

const Count = z.object({ n: z.coerce.number() });
const SLOW_QUERIES = "SELECT count() AS n FROM system.processes WHERE query LIKE 'SELECT sleepEachRow%'";
const SHOP_BACKUP = DatabaseBackupName.parse("shop");

let world: RestoreWorld;
beforeAll(async () => {
  world = await RestoreWorld.open();
  await world.host.run(...SHOP);
  await world.create("shop", [
    { type: "ALL", name: "shop" },
    { type: "FUNCTION", name: "doubled" },
  ]);
  await world.host.run("INSERT INTO shop.log VALUES (1)");
  await world.add("shop");
});
afterAll(() => world[Symbol.asyncDispose]());

const suspend = () => confirmedBy(world.cluster.lifecycle.suspend(anOrder(), NEVER));
const resume = () => confirmedBy(world.cluster.lifecycle.resume(anOrder(), NEVER));
const ids = async () => (await world.store.read(SHOP_BACKUP))?.info.snapshots.map(({ id }) => id) ?? [];
const chosen = (name = "shop") => ({ store: world.store, backups: [DatabaseBackupName.parse(name)] });

/** A restore whose process dies at the n-th step that changes something; undefined when there is no such step. */
async function dyingRestore(at: number) {
  let step = 0;
  const checkFence = async () => {
    step += 1;
    if (step >= at) throw new SnapdeckError("lock-lost", "this process is dead");
  };
  const order = world.order();
  const request = world.request("shop", { policy: "replace" });
  const code = await confirmedBy(world.backups.restore({ ...order, ...request, checkFence }, NEVER)).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof SnapdeckError ? thrown.code : "another"),
  );
  if (code !== undefined) expect(code).toBe("lock-lost");
  return code === undefined ? undefined : order;
}

describe("on a suspended cluster", { timeout: 180_000 }, () => {
  test("what a snapshot left that failed is removed, and what is listed stays", async () => {
    const stray = join(world.host.backupRoot, "shop", "1654321012345", "rank-0", "tom-0", "parts");
    await mkdir(stray, { recursive: true, mode: 0o700 });
    await writeFile(join(stray, "x.bin"), "rows");
    const listed = await ids();
    await suspend();
    await world.backups.discard({ jobId: anOrder().jobId, deed: "take", ...chosen() });
    expect((await world.store.files.folders("shop")).map(Number).sort()).toEqual([...listed].sort());
    await resume();
  });

  test("what a restore left is refused to be forgotten, and removed once the cluster runs again", async () => {
    const held = await world.contents("shop");
    const order = await dyingRestore(3);
    if (order === undefined) throw new Error("the restore took too few steps");
    const staged = await world.staging();
    expect(staged).not.toEqual([]);
    const left = { jobId: order.jobId, deed: "restore" } as const;
    await suspend();
    await expect(world.backups.discard(left)).rejects.toMatchObject({
      code: "cluster-not-running",
      detail: expect.stringContaining("what the restore staged"),
      hint: "Resume the cluster, then press Cancel again.",
    });
    await resume();
    expect(await world.staging()).toEqual(staged);
    await world.backups.discard(left);
    expect(await world.staging()).toEqual([]);
    expect(await world.contents("shop")).toEqual(held);
  });

  test("backups are verified, altered and dropped: that takes the store alone", async () => {
    await world.create("gone", [{ type: "TABLE", schema: "shop", name: "log" }]);
    await suspend();
    expect(await confirmedBy(world.backups.verify({ ...chosen(), ...world.order() }, NEVER))).toMatchObject({
      deed: "verify",
    });
    const merge = { store: world.store, backup: SHOP_BACKUP, action: "merge", ...world.order() } as const;
    expect(await confirmedBy(world.backups.alter(merge, NEVER))).toMatchObject({ deed: "alter" });
    await confirmedBy(world.backups.verify({ ...chosen(), ...world.order() }, NEVER));
    expect(await confirmedBy(world.backups.drop({ ...chosen("gone"), ...world.order() }, NEVER))).toMatchObject({
      deed: "drop",
    });
    expect(await world.store.files.folders()).toEqual(["shop"]);
    await resume();
    await world.restore("shop", { policy: "replace" });
  });

  test("nothing is removed while a rank is on its way down: it may still write", async () => {
    const slow = world.host
      .run("SELECT sleepEachRow(0.5) FROM numbers(100) SETTINGS max_block_size = 1")
      .catch(() => undefined);
    await world.host.until(async () => (await world.host.ask(Count, SLOW_QUERIES)).some(({ n }) => n > 0));
    const suspending = suspend();
    await world.host.until(async () =>
      (await world.host.host.status()).ranks.some(({ state }) => state === "draining"),
    );
    const left = { jobId: anOrder().jobId, deed: "take", ...chosen() } as const;
    await expect(world.backups.discard(left)).rejects.toMatchObject({
      code: "cluster-unreachable",
      detail: expect.stringContaining("draining"),
    });
    await suspending;
    await slow;
    await world.backups.discard(left);
    await resume();
  });

  test("nothing is removed while it cannot be seen whether a rank still writes", async () => {
    await world.host.kill();
    await expect(world.backups.discard({ jobId: anOrder().jobId, deed: "take", ...chosen() })).rejects.toMatchObject({
      code: "cluster-unreachable",
    });
    await world.host.startAgain();
  });
});
