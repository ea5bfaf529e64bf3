import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aSealer, confirmedBy, NEVER } from "./embedded-host.ts";
import { overwrite, RestoreWorld, SHOP, storeAt } from "./restore-world.ts";

describe("a store that is not what it was", () => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(...SHOP);
    await world.create("shop", [{ type: "ALL", name: "shop" }]);
    await world.host.run("INSERT INTO shop.orders (n, s) SELECT number, 'more' FROM numbers(70)");
    await world.add("shop");
    held = await world.contents("shop");
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ELSEWHERE = { targetSchemas: new Map([["shop", "elsewhere"]]) };

  test("is restored from where it was moved to", async () => {
    const root = join(world.host.backupRoot, "moved");
    await mkdir(root, { mode: 0o700 });
    await cp(join(world.host.backupRoot, "shop"), join(root, "shop"), { recursive: true });
    const store = await storeAt(world.host, root);
    await overwriteBelow(join(world.host.backupRoot, "shop"), ".backup");
    await world.restore("shop", { ...ELSEWHERE, store });
    expect(await world.contents("elsewhere")).toEqual(held);
    await world.host.run("DROP DATABASE elsewhere SYNC");
    await cp(join(root, "shop"), join(world.host.backupRoot, "shop"), { recursive: true });
  });

  test("says that MERGE helps where a longer chain was moved, and it does", async () => {
    await world.host.run("INSERT INTO shop.orders (n, s) SELECT number, 'most' FROM numbers(7)");
    await world.add("shop");
    held = await world.contents("shop");
    const root = join(world.host.backupRoot, "moved-again");
    await mkdir(root, { mode: 0o700 });
    await cp(join(world.host.backupRoot, "shop"), join(root, "shop"), { recursive: true });
    const store = await storeAt(world.host, root);
    const refused = await world.restore("shop", { ...ELSEWHERE, store }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: "not-supported", hint: expect.stringContaining("MERGE") });
    const { backup } = world.request("shop");
    await confirmedBy(world.backups.alter({ ...world.order(), store, backup, action: "merge" }, NEVER));
    await world.restore("shop", { ...ELSEWHERE, store });
    expect(await world.contents("elsewhere")).toEqual(held);
    await world.host.run("DROP DATABASE elsewhere SYNC");
  });

  test("is not believed when another console signed it", async () => {
    const store = await storeAt(world.host, world.host.backupRoot, aSealer());
    await expect(world.restore("shop", { ...ELSEWHERE, store })).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test("is found out with CHECKSUM before anything is restored", async () => {
    await overwriteBelow(join(world.host.backupRoot, "shop"), "data.bin");
    const error = await world.restore("shop", { ...ELSEWHERE, checksum: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "backup-unusable" });
    const without = await world.restore("shop", ELSEWHERE).catch((thrown: unknown) => thrown);
    expect(without).toBeInstanceOf(SnapdeckError);
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.contents("elsewhere")).toEqual({});
    expect(await world.staging()).toEqual([]);
  });

  async function overwriteBelow(root: string, name: string): Promise<void> {
    const found = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(`/${name}`));
    expect(found.length).toBeGreaterThan(0);
    for (const path of found) await overwrite(join(root, path));
  }
});
