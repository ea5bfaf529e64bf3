import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RestoreWorld, SHOP } from "./restore-world.ts";

describe("a restore into a schema that cannot take it", () => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(...SHOP, "CREATE DATABASE fleeting ENGINE = Memory");
    await world.create("shop", [{ type: "ALL", name: "shop" }]);
    held = await world.contents("shop");
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const OWN = ["system", "information_schema", "INFORMATION_SCHEMA", "_snapdeck_staging_mine"];

  test.each(OWN)("is refused before anything is staged: %s is nobody's to restore into", async (schema) => {
    const into = world.restore("shop", { targetSchemas: new Map([["shop", schema]]) });
    await expect(into).rejects.toMatchObject({ code: "bad-request", detail: expect.stringContaining(schema) });
    await unharmed();
  });

  test.each(OWN)("is refused before anything is staged: nothing is moved to %s", async (renamedObjectsSchema) => {
    const into = world.restore("shop", { policy: "rename", renamedObjectsSchema });
    await expect(into).rejects.toMatchObject({ code: "bad-request" });
    await unharmed();
  });

  test("is refused when its engine keeps no tables that can be moved, under either name", async () => {
    const into = world.restore("shop", { targetSchemas: new Map([["shop", "fleeting"]]) });
    await expect(into).rejects.toMatchObject({ code: "not-supported", detail: expect.stringContaining("fleeting") });
    const aside = world.restore("shop", { policy: "rename", renamedObjectsSchema: "fleeting" });
    await expect(aside).rejects.toMatchObject({ code: "not-supported" });
    await unharmed();
  });

  async function unharmed(): Promise<void> {
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.staging()).toEqual([]);
  }
});
