import type { DatabaseObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { RestoreItem } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { RankClient } from "../src/rank-client.ts";
import { RankClients } from "../src/rank-clients.ts";
import { readWorkloads } from "../src/snapshots/rank-workloads.ts";
import { orderWorkloads, putWorkload } from "../src/snapshots/restore-workloads.ts";
import { confirmedBy, NEVER, reportsOf } from "./embedded-host.ts";
import { RestoreWorld } from "./restore-world.ts";

const GROUPS = ["all", "reports", "nightly"].map((name): DatabaseObjectRef => ({ type: "RESOURCE GROUP", name }));
const MADE = [
  "CREATE WORKLOAD `all`",
  "CREATE WORKLOAD reports IN `all` SETTINGS weight = 3",
  "CREATE WORKLOAD nightly IN reports SETTINGS max_io_requests = 2",
];

/** Rows in the journals of restores: a decision is one. */
const Decided = z.object({ rows: z.coerce.number() });
const SELECT_DECIDED = `SELECT sum(total_rows) AS rows FROM system.tables
  WHERE startsWith(database, '_snapdeck') AND name = 'journal'`;

describe("the rules by which resource groups are restored", () => {
  const NAMES = ["a", "b", "c", "d"];
  let world: RestoreWorld;
  let clients: RankClients;
  let client: RankClient;
  beforeAll(async () => {
    world = await RestoreWorld.open();
    clients = new RankClients(() => world.host.host.endpoints());
    const [first] = await clients.all();
    if (first === undefined) throw new Error("there is no rank");
    client = first;
  });
  afterAll(async () => {
    await clients.close();
    await world[Symbol.asyncDispose]();
  });

  /** Each below one of those before it, or the root; in any order of names. */
  const Tree = fc
    .tuple(fc.shuffledSubarray(NAMES, { minLength: 1 }), fc.array(fc.nat(), { minLength: 4, maxLength: 4 }))
    .map(([names, picks]) =>
      names.map((name, at) => [name, at === 0 ? undefined : names[(picks[at] ?? 0) % at]] as const),
    );
  const textOf = ([name, parent]: readonly [string, string | undefined]) =>
    `CREATE WORKLOAD ${name}${parent === undefined ? "" : ` IN ${parent}`}`;

  /** Those that others stand below can go only after them. */
  async function clear(): Promise<void> {
    for (;;) {
      const { workloads } = await readWorkloads(client);
      const parents = new Set(workloads.map(({ parent }) => parent));
      const leaves = workloads.filter(({ name }) => !parents.has(name));
      if (leaves.length === 0) return;
      for (const { name } of leaves) await client.run("a test", `DROP WORKLOAD \`${name}\``);
    }
  }

  test("are those of the engine: what is planned it takes, and what is refused it would not", async () => {
    const outcomes = new Set<string>();
    const alone = fc.asyncProperty(Tree, Tree, fc.subarray(NAMES, { minLength: 1 }), async (live, kept, chosen) => {
      await clear();
      await world.host.run(...live.map(textOf));
      const items = kept
        .filter(([name]) => chosen.includes(name))
        .map((each): RestoreItem => {
          const target = { type: "RESOURCE GROUP" as const, name: each[0] };
          const definition = { ref: target, ddl: { kind: "plain" as const, text: textOf(each) } };
          return { definition, target, effect: "made", withRows: false };
        });
      const rank = { client, workloads: await readWorkloads(client) };
      let planned: readonly RestoreItem[] | undefined;
      try {
        planned = orderWorkloads({ schemas: [], items }, [rank]).items;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(SnapdeckError);
      }
      const put = async (each: RestoreItem) => putWorkload([client], each.target.name, each.definition.ddl.text);
      if (planned === undefined) {
        const tried = async () => {
          for (const { definition } of items) {
            await client.run("a test", definition.ddl.text.replace("CREATE", "CREATE OR REPLACE"));
          }
        };
        await expect(tried()).rejects.toMatchObject({ code: "engine-failed" });
      } else {
        // Twice, as a restore does that was cut off and goes on.
        for (const each of [...planned, ...planned]) await put(each);
        const stands = new Map(
          (await readWorkloads(client)).workloads.map(({ name, ddl }) => [name, ddl.replaceAll("`", "")]),
        );
        for (const { target, definition } of planned) expect(stands.get(target.name)).toBe(definition.ddl.text);
      }
      if (items.length > 0) outcomes.add(planned === undefined ? "refused" : "taken");
    });
    await fc.assert(alone, { numRuns: 60 });
    await clear();
    expect(outcomes).toEqual(new Set(["refused", "taken"]));
  });

  test("hold when the process dies: before the decision nothing has changed, after it everything is restored", async () => {
    await world.host.run(...MADE);
    await world.create("groups", GROUPS);
    const ddls = async () => (await readWorkloads(client)).workloads.map(({ ddl }) => ddl);
    const held = await ddls();
    const turned = ["CREATE OR REPLACE WORKLOAD nightly IN `all`", "CREATE OR REPLACE WORKLOAD reports IN nightly"];
    const outcomes = new Set<string>();
    for (let at = 1; ; at += 1) {
      await world.host.run(...turned);
      const before = await ddls();
      const request = world.request("groups", { policy: "replace", objects: GROUPS });
      const order = world.order();
      let step = 0;
      const checkFence = async () => {
        step += 1;
        if (step >= at) throw new SnapdeckError("lock-lost", "this process is dead");
      };
      const died = await confirmedBy(world.backups.restore({ ...order, ...request, checkFence }, NEVER)).then(
        () => false,
        () => true,
      );
      if (!died) break;
      const [last] = (await reportsOf(world.backups.restore({ ...order, ...request, takeUp: true }, NEVER))).slice(-1);
      expect(await ddls(), `step ${at}`).toEqual(last?.type === "lost" ? before : held);
      outcomes.add(String(last?.type));
    }
    expect(outcomes).toEqual(new Set(["lost", "confirmed"]));
    expect(await ddls()).toEqual(held);
    expect(await world.staging()).toEqual([]);
  });

  test("let a restore be finished that could not go on, because the engine forgot a parent after the decision", async () => {
    const request = world.request("groups", { policy: "replace", objects: GROUPS.slice(1, 2) });
    const order = world.order();
    let hasForgotten = false;
    const checkFence = async () => {
      const [decided] = await world.host.ask(Decided, SELECT_DECIDED);
      if (hasForgotten || decided?.rows === 0) return;
      hasForgotten = true;
      await clear();
    };
    await expect(confirmedBy(world.backups.restore({ ...order, ...request, checkFence }, NEVER))).rejects.toMatchObject(
      { code: "restore-conflict", hint: expect.stringContaining("OR REPLACE WORKLOAD all") },
    );
    await world.host.run("CREATE OR REPLACE WORKLOAD `all`");
    const last = (await reportsOf(world.backups.restore({ ...order, ...request, takeUp: true }, NEVER))).at(-1);
    expect(last).toMatchObject({ type: "confirmed" });
    expect((await readWorkloads(client)).workloads.map(({ name }) => name)).toEqual(["all", "reports"]);
    expect(await world.staging()).toEqual([]);
  });
});
