import type { DatabaseObjectRef } from "@snapdeck/contract/database-object";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { confirmedBy, NEVER } from "./embedded-host.ts";
import { CHANGES, RestoreWorld, SHOP } from "./restore-world.ts";

const Ddl = z.object({ ddl: z.string() });

const group = (name: string): DatabaseObjectRef => ({ type: "RESOURCE GROUP", name });
const GROUPS = ["all", "reports", "nightly"].map(group);

const MADE = [
  "CREATE RESOURCE threads (MASTER THREAD)",
  "CREATE WORKLOAD `all`",
  "CREATE WORKLOAD reports IN `all` SETTINGS weight = 3",
  "CREATE WORKLOAD nightly IN reports SETTINGS max_concurrent_threads = 2 FOR threads",
];
const GONE = ["nightly", "reports", "`all`"].map((name) => `DROP WORKLOAD IF EXISTS ${name}`);

describe.each([1, 3])("resource groups on %i ranks", (ranks) => {
  let world: RestoreWorld;
  /** Each workload as each rank has it. */
  const standing = async () => {
    const rows = await world.host.ask(Ddl, "SELECT create_query AS ddl FROM system.workloads ORDER BY name");
    return rows.map(({ ddl }) => ddl).sort();
  };
  const onAll = (...texts: string[]) => texts.flatMap((text) => Array<string>(ranks).fill(text)).sort();
  const restore = (changes: Parameters<RestoreWorld["restore"]>[1] = {}) =>
    world.restore("groups", { objects: GROUPS, ...changes });

  beforeAll(async () => {
    world = await RestoreWorld.open({ ranks });
    await world.host.run(...MADE);
    await world.create("groups", GROUPS);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("come back with the resources that they need, parents first", async () => {
    const held = await standing();
    await world.host.run(...GONE, "DROP RESOURCE threads");
    expect(await standing()).toEqual([]);
    const evidence = await restore();
    expect(evidence).toMatchObject({ objects: 3, rows: 0, sizeBytes: 0 });
    expect(await standing()).toEqual(held);
    expect(held).toEqual(onAll(...MADE.slice(1)));
    expect(await world.host.ask(Ddl, "SELECT create_query AS ddl FROM system.resources")).toHaveLength(ranks);
    expect(await world.staging()).toEqual([]);
  });

  test("that are in the way end a restore before anything was touched, also with `rename`", async () => {
    const changed = "CREATE OR REPLACE WORKLOAD reports IN `all` SETTINGS weight = 9";
    await world.host.run(changed, "CREATE OR REPLACE RESOURCE threads (MASTER THREAD, WORKER THREAD)");
    const before = await standing();
    for (const policy of ["none", "rename"] as const) {
      await expect(restore({ policy })).rejects.toMatchObject({ code: "restore-conflict" });
      await expect(
        world.backups.planRestore(world.request("groups", { policy, objects: GROUPS })),
      ).rejects.toMatchObject({ code: "restore-conflict" });
    }
    expect(await standing()).toEqual(before);
  });

  test("are replaced when the policy says so, while a resource that is there stays as it is", async () => {
    const rows = await world.backups.planRestore(world.request("groups", { policy: "replace", objects: GROUPS }));
    expect(rows.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      "replace RESOURCE GROUP all",
      "replace RESOURCE GROUP reports",
      "replace RESOURCE GROUP nightly",
    ]);
    await restore({ policy: "replace" });
    expect(await standing()).toEqual(onAll(...MADE.slice(1)));
    expect((await world.host.ask(Ddl, "SELECT create_query AS ddl FROM system.resources"))[0]?.ddl).toContain("WORKER");
  });

  test("that the embedded engine forgot when it restarted are brought back, and it was told that it would", async () => {
    const { lifecycle } = world.cluster;
    await confirmedBy(lifecycle.suspend(world.order(), NEVER));
    await confirmedBy(lifecycle.resume(world.order(), NEVER));
    // Where this fails the engine has learned to keep them, and the warning is to go.
    expect(await standing()).toEqual([]);
    await expect(world.host.run("CREATE WORKLOAD `all`")).rejects.toThrow("already exists");
    const warning = expect.stringContaining("forgets its resource groups whenever it restarts");
    expect(await restore()).toMatchObject({ warning });
    expect(await standing()).toEqual(onAll(...MADE.slice(1)));
    const evidence = await world.restore("groups", { policy: "replace", objects: [group("all")] });
    expect(evidence).toMatchObject({ objects: 1, warning });
  });

  test.runIf(ranks === 1)("are turned round below each other", async () => {
    await world.host.run(
      "CREATE OR REPLACE WORKLOAD nightly IN `all`",
      "CREATE OR REPLACE WORKLOAD reports IN nightly",
    );
    const before = await standing();
    await expect(restore({ policy: "replace", objects: [group("nightly")] })).rejects.toMatchObject({
      code: "restore-conflict",
      detail: expect.stringContaining("nightly stands below reports in the snapshot, and above it"),
    });
    expect(await standing()).toEqual(before);
    await restore({ policy: "replace" });
    expect(await standing()).toEqual(onAll(...MADE.slice(1)));
  });

  test.runIf(ranks === 1)(
    "whose parent is neither restored nor there are refused before anything was touched",
    async () => {
      await world.host.run(...GONE);
      const asked = restore({ objects: [group("nightly")] });
      await expect(asked).rejects.toMatchObject({
        code: "object-not-found",
        detail: expect.stringContaining("RESOURCE GROUP nightly needs RESOURCE GROUP reports"),
      });
      await world.host.run("CREATE WORKLOAD everything");
      await expect(restore()).rejects.toMatchObject({
        code: "restore-conflict",
        detail: expect.stringContaining("has the root everything"),
      });
      expect(await standing()).toEqual(["CREATE WORKLOAD everything"]);
      await world.host.run("DROP WORKLOAD everything");
    },
  );

  test.runIf(ranks === 3)("whose parent is missing on one rank are refused before anything was touched", async () => {
    await world.runOn(1, ...GONE);
    const before = await standing();
    const objects = [group("nightly")];
    await expect(restore({ policy: "replace", objects })).rejects.toMatchObject({
      code: "object-not-found",
      detail: expect.stringContaining("on rank 1"),
    });
    expect(await standing()).toEqual(before);
    await restore({ policy: "replace" });
    expect(await standing()).toEqual(onAll(...MADE.slice(1)));
  });

  test.runIf(ranks === 1)(
    "are found as a change by a snapshot of definitions, and each snapshot has its own",
    async () => {
      await world.host.run(...GONE, ...MADE.slice(1), ...SHOP);
      const first = await world.create("chain", [{ type: "ALL", name: "shop" }, ...GROUPS], true);
      await expect(world.add("chain")).rejects.toThrow("no snapshot was taken");
      await world.host.run("CREATE OR REPLACE WORKLOAD reports IN `all` SETTINGS weight = 5");
      const second = await world.add("chain");
      await world.host.run("CREATE OR REPLACE RESOURCE threads (MASTER THREAD, WORKER THREAD)");
      const third = await world.add("chain");
      for (const [snapshotId, weight] of [
        [first, 3],
        [second, 5],
        [third, 5],
      ] as const) {
        await world.restore("chain", { snapshotId, objects: GROUPS, policy: "replace" });
        expect(await standing()).toContain(`CREATE WORKLOAD reports IN \`all\` SETTINGS weight = ${weight}`);
      }
    },
  );

  test.runIf(ranks === 1)("come back beside tables, and are no part of ALL", async () => {
    const held = await world.contents("shop");
    await world.create("both", [{ type: "ALL", name: "shop" }, ...GROUPS]);
    await world.host.run(...CHANGES, "CREATE OR REPLACE WORKLOAD reports IN `all` SETTINGS weight = 1");
    const before = await standing();
    await world.restore("both", { policy: "replace" });
    expect(await world.contents("shop")).toEqual(held);
    expect(await standing()).toEqual(before);
    await world.restore("both", { policy: "replace", objects: [{ type: "ALL", name: "shop" }, ...GROUPS] });
    expect(await standing()).not.toEqual(before);
  });

  test.runIf(ranks === 1)("that are not there cannot be backed up, nor users, and what can be is told", async () => {
    await expect(world.create("none", [group("ghost")])).rejects.toMatchObject({ code: "object-not-found" });
    for (const type of ["USER", "ROLE"] as const) {
      await expect(world.create("none", [{ type, name: "eve" }])).rejects.toMatchObject({
        code: "not-supported",
        detail: expect.stringContaining("keeps users and roles in its configuration only (users_xml)"),
        hint: "OBJECTS may name ALL, TABLE, FUNCTION, RESOURCE GROUP, CREDENTIAL, DATA SINK, DATA SOURCE.",
      });
    }
  });
});
