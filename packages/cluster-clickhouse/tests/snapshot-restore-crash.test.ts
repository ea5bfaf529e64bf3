import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { confirmedBy, NEVER, reportsOf } from "./embedded-host.ts";
import { CHANGES, RestoreWorld, SHOP } from "./restore-world.ts";

/** One of each way in which an object is exchanged. */
const FEW = SHOP.filter((statement) => !/shop\.(?:newest|masked|bigger)\b/.test(statement));

describe("a restore whose process dies", () => {
  let world: RestoreWorld;
  let held: Record<string, string>;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    await world.host.run(...FEW);
    await world.connections.make(
      { type: "CREDENTIAL", schema: "shop", name: "key" },
      "CREATE CREDENTIAL shop.key held",
    );
    held = await world.contents("shop");
    await world.create("shop", [
      { type: "ALL", name: "shop" },
      { type: "FUNCTION", name: "doubled" },
    ]);
    await world.host.run(...CHANGES);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** Dies at the n-th step that changes something; answers how it went on, and undefined when there was no such step. */
  async function dyingAt(at: number, policy: "replace" | "rename"): Promise<string | undefined> {
    let step = 0;
    const checkFence = async () => {
      step += 1;
      if (step >= at) throw new SnapdeckError("lock-lost", "this process is dead");
    };
    const order = world.order();
    const request = world.request("shop", { policy, renamedObjectsSchema: "aside" });
    try {
      await confirmedBy(world.backups.restore({ ...order, ...request, checkFence }, NEVER));
      return undefined;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "lock-lost" });
    }
    const last = (await reportsOf(world.backups.restore({ ...order, ...request, takeUp: true }, NEVER))).at(-1);
    expect(await world.staging()).toEqual([]);
    return last?.type;
  }

  test.each(["replace", "rename"] as const)(
    "with `%s` goes back before the decision and forward after it",
    async (policy) => {
      const outcomes: string[] = [];
      for (let at = 1; ; at += 1) {
        const before = await world.contents("shop");
        const outcome = await dyingAt(at, policy);
        if (outcome === undefined) break;
        outcomes.push(outcome);
        expect(await world.contents("shop"), `step ${at}`).toEqual(outcome === "lost" ? before : held);
        if (outcome === "lost") continue;
        if (policy === "rename") {
          expect((await world.contents("aside"))["orders"], `step ${at}`).toBe(before["orders"]);
          await world.host.run("DROP DATABASE aside SYNC");
          await world.connections.remove({ type: "CREDENTIAL", schema: "aside", name: "key" });
        }
        await world.host.run(...CHANGES);
      }
      expect(new Set(outcomes)).toEqual(new Set(["lost", "confirmed"]));
      expect(outcomes.indexOf("confirmed")).toBeGreaterThan(outcomes.lastIndexOf("lost"));
      expect(await world.contents("shop")).toEqual(held);
      await world.host.run("DROP DATABASE IF EXISTS aside SYNC", ...CHANGES);
      await world.connections.remove({ type: "CREDENTIAL", schema: "aside", name: "key" });
    },
    300_000,
  );

  test("half way through is cleared to its end, and what somebody made there meanwhile is left alone", async () => {
    await world.host.run("INSERT INTO shop.orders (n, s) SELECT number, 'again' FROM numbers(5)");
    const order = world.order();
    const checkFence = async () => {
      if ((await world.contents("shop"))["orders"] === held["orders"]) throw new SnapdeckError("lock-lost", "dead");
    };
    const restore = world.backups.restore(
      { ...order, ...world.request("shop", { policy: "replace" }), checkFence },
      NEVER,
    );
    await expect(confirmedBy(restore)).rejects.toMatchObject({ code: "lock-lost" });
    expect(await world.staging()).not.toEqual([]);
    const { log: _, totals: __, to_lates: ___, ...others } = held;
    await world.host.run(
      "DROP TABLE shop.totals SYNC",
      "CREATE TABLE shop.totals (mine UInt8) ENGINE = MergeTree ORDER BY mine",
      "INSERT INTO shop.totals VALUES (1)",
    );
    const again = { ...order, ...world.request("shop", { policy: "replace" }), takeUp: true };
    await expect(reportsOf(world.backups.restore(again, NEVER))).rejects.toMatchObject({ code: "restore-conflict" });
    await world.backups.discard({ deed: "restore", jobId: order.jobId });
    expect(await world.staging()).toEqual([]);
    const after = await world.contents("shop");
    expect(after).toMatchObject(others);
    expect(after["totals"]).toMatch(/^1 /);
    await world.host.run("DROP TABLE shop.totals SYNC");
    await world.restore("shop", { policy: "replace" });
    expect(await world.contents("shop")).toEqual(held);
  });

  test("what the console keeps comes back, and what was there is moved aside", async () => {
    const [key, aside] = [
      { type: "CREDENTIAL" as const, schema: "shop", name: "key" },
      { type: "CREDENTIAL" as const, schema: "aside", name: "key" },
    ];
    await world.connections.remove(key);
    await world.connections.make(key, "CREATE CREDENTIAL shop.key changed");
    await world.restore("shop", { policy: "rename", objects: [key] });
    expect(await world.connections.definition(key)).toBe("CREATE CREDENTIAL shop.key held");
    expect(await world.connections.definition(aside)).toBe("CREATE CREDENTIAL shop.key changed");
  });
});
