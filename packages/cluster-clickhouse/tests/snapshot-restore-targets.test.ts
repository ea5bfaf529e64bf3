import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { RestoreWorld, SHOP } from "./restore-world.ts";

const WIDE = { objects: [{ type: "ALL", name: "wide" }] } as const;
const KNOWN = { objects: [{ type: "ALL", name: "known" }] } as const;
/** What the engine takes as a table of `wide` at most, but for a few characters. */
const LONG = "x".repeat(200);

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

  test("is refused where the names would be too long together, and is done where they fit", async () => {
    const [fits, tooLong] = ["y".repeat(10), "y".repeat(20)];
    await world.host.run(
      "CREATE DATABASE wide",
      `CREATE TABLE wide.${LONG} (n UInt64) ENGINE = MergeTree ORDER BY n`,
      `INSERT INTO wide.${LONG} SELECT number FROM numbers(10)`,
    );
    await world.create("wide", [{ type: "ALL", name: "wide" }]);
    const wide = await world.contents("wide");
    const into = (schema: string) => world.restore("wide", { ...WIDE, targetSchemas: new Map([["wide", schema]]) });
    await expect(into(tooLong)).rejects.toMatchObject({ code: "bad-request" });
    await into(fits);
    expect(await world.contents(fits)).toEqual(wide);
    const aside = world.restore("wide", { ...WIDE, policy: "rename", renamedObjectsSchema: tooLong });
    await expect(aside).rejects.toMatchObject({ code: "bad-request" });
    await world.restore("wide", { ...WIDE, policy: "replace" });
    expect(await world.contents("wide")).toEqual(wide);
    await unharmed();
  });

  test("another name for a table comes back as one, in whichever schema", async () => {
    await world.host.run(
      "CREATE DATABASE known",
      "CREATE TABLE known.real (n UInt64) ENGINE = MergeTree ORDER BY n",
      "CREATE TABLE known.also ENGINE = Alias('real')",
      "INSERT INTO known.also SELECT number FROM numbers(10)",
    );
    await world.create("known", [{ type: "ALL", name: "known" }]);
    await world.restore("known", { ...KNOWN, targetSchemas: new Map([["known", "copied"]]) });
    await world.restore("known", { ...KNOWN, policy: "replace" });
    await world.host.run("INSERT INTO copied.also SELECT number FROM numbers(5)");
    const rows = z.object({ rows: z.coerce.number() });
    const counted = "SELECT (SELECT count() FROM copied.real) * 100 + (SELECT count() FROM known.also) AS rows";
    expect(await world.host.ask(rows, counted)).toEqual([{ rows: 1_510 }]);
    await unharmed();
  });

  async function unharmed(): Promise<void> {
    expect(await world.contents("shop")).toEqual(held);
    expect(await world.staging()).toEqual([]);
  }
});
