import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { aBackupOrder, anOrder, confirmedBy, NEVER, reportsOf } from "./embedded-host.ts";
import { RestoreWorld } from "./restore-world.ts";

const PATCHED = "SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1";
const APPLY = /ALTER TABLE \S+ APPLY PATCHES SETTINGS mutations_sync = 2/g;
const OTHER = "CREATE DATABASE IF NOT EXISTS other";

let world: RestoreWorld;

beforeAll(async () => {
  world = await RestoreWorld.open();
  await world.host.run(OTHER, ...table("other.waits"), "INSERT INTO other.kept SELECT number, 1 FROM numbers(10)");
});
afterAll(() => world[Symbol.asyncDispose]());

/** A table that takes lightweight updates, and one that stays as it is. */
function table(name: string): string[] {
  const [schema] = name.split(".");
  return [
    `CREATE TABLE ${name} (x UInt64, y UInt64) ENGINE = MergeTree PARTITION BY x % 3 ORDER BY x ${PATCHED}`,
    `INSERT INTO ${name} SELECT number, 1 FROM numbers(1000)`,
    `CREATE TABLE ${schema}.kept (x UInt64, y UInt64) ENGINE = MergeTree ORDER BY x`,
  ];
}

beforeEach(() =>
  world.host.run(
    "DROP DATABASE IF EXISTS shop SYNC",
    "CREATE DATABASE shop",
    ...table("shop.`odd-name`"),
    `CREATE MATERIALIZED VIEW shop.seen ENGINE = MergeTree ORDER BY x ${PATCHED} AS SELECT x, y FROM shop.kept`,
    "INSERT INTO shop.kept SELECT number, 1 FROM numbers(100)",
  ),
);

async function updateInner(): Promise<void> {
  const [inner] = await world.host.ask(
    z.object({ name: z.string() }),
    "SELECT name FROM system.tables WHERE database = 'shop' AND startsWith(name, '.inner_id.')",
  );
  await update(`shop.\`${inner?.name}\``);
}

const update = (name: string) => world.host.run(`UPDATE ${name} SET y = 5 WHERE x % 2 = 0`);

const Refusal = z.object({ code: z.string(), detail: z.string(), hint: z.string() });

/** What work is refused with. */
async function refusalOf(work: Promise<unknown>): Promise<z.infer<typeof Refusal>> {
  return Refusal.parse(await work.then(() => "not refused").catch((thrown: unknown) => thrown));
}

/** The checksums, to which the order of merges is all one. */
const contents = () => world.contents("shop");

const takes = (name: string) => world.create(name, [{ type: "ALL", name: "shop" }]);

describe("Changes that an UPDATE left beside the rows", () => {
  test("keep a snapshot from being taken until they are applied, and it brings them back", async () => {
    await update("shop.`odd-name`");
    await updateInner();
    await world.host.run(
      "DELETE FROM shop.`odd-name` WHERE x = 7 SETTINGS lightweight_delete_mode = 'lightweight_update'",
    );
    const held = await contents();
    const refused = await refusalOf(takes("applied"));
    expect(refused).toMatchObject({
      code: "unapplied-changes",
      detail: expect.stringContaining("`shop`.`odd-name`, `shop`.`seen`"),
    });
    expect(refused.detail).toContain("nothing was copied");
    expect(await world.store.files.folders("applied")).toEqual([]);
    const statements = refused.hint.match(APPLY) ?? [];
    expect(statements).toHaveLength(2);
    await world.host.run(...statements);
    expect(await contents()).toEqual(held);
    await takes("applied");
    await world.restore("applied", { targetSchemas: new Map([["shop", "back"]]), checksum: true });
    expect(await world.contents("back")).toEqual(held);
    await world.host.run("DROP DATABASE back SYNC");
    await update("shop.`odd-name`");
    expect(await refusalOf(world.add("applied"))).toMatchObject({ code: "unapplied-changes" });
  });

  test("are told by a dry run, and of other schemas they matter to nobody", async () => {
    await update("other.waits");
    await takes("elsewhere");
    await world.host.run("ALTER TABLE other.waits APPLY PATCHES SETTINGS mutations_sync = 2");
    await update("shop.`odd-name`");
    const planned = world.backups.planTake({
      ...{ store: world.store, backup: world.request("elsewhere").backup },
      ...{ type: "incremental", options: {} },
    });
    expect(await refusalOf(planned)).toMatchObject({ code: "unapplied-changes" });
  });

  test("that come while a snapshot begins are noticed at its end, which lists none", async () => {
    let fences = 0;
    const checkFence = async () => {
      fences += 1;
      // What is to be copied is known by now, and nothing of it is.
      if (fences === 2) await update("shop.`odd-name`");
    };
    const { store, backup } = world.request("between");
    const order = {
      ...world.order({ checkFence }),
      store,
      backup,
      type: "full" as const,
      ddl: "CREATE BACKUP between",
    };
    const work = world.backups.take(
      {
        ...order,
        objects: [{ type: "ALL", name: "shop" }],
        options: { checksum: false, ddlOnly: false },
        recreate: false,
      },
      NEVER,
    );
    const refused = await refusalOf(reportsOf(work));
    expect(refused).toMatchObject({ code: "unapplied-changes" });
    expect(refused.detail).toContain("is not listed");
    expect(await world.store.files.folders("between")).toEqual([]);
    await world.host.run(...(refused.hint.match(APPLY) ?? []));
    await takes("between");
  });

  test("keep a System Backup from being taken until they are applied, and it brings them back", async () => {
    await update("shop.`odd-name`");
    const held = await contents();
    const { systemBackups, lifecycle } = world.cluster;
    const order = aBackupOrder();
    const refused = await refusalOf(reportsOf(systemBackups.backUp(order, NEVER)));
    expect(refused).toMatchObject({ code: "unapplied-changes", detail: expect.stringContaining("nothing was copied") });
    await world.host.run(...(refused.hint.match(APPLY) ?? []));
    const again = aBackupOrder();
    await confirmedBy(systemBackups.backUp(again, NEVER));
    expect(await systemBackups.list()).toEqual([again.backupId]);
    await confirmedBy(lifecycle.suspend(anOrder(), NEVER));
    await confirmedBy(systemBackups.restore({ ...anOrder(), backupId: again.backupId, acceptSuspect: false }, NEVER));
    await confirmedBy(lifecycle.resume(anOrder(), NEVER));
    expect(await contents()).toEqual(held);
  });

  test("that come while a System Backup begins are noticed at its end, which lists none", async () => {
    let fences = 0;
    const checkFence = async () => {
      fences += 1;
      if (fences === 1) await update("shop.`odd-name`");
    };
    const { systemBackups } = world.cluster;
    const order = aBackupOrder({ checkFence });
    const refused = await refusalOf(reportsOf(systemBackups.backUp(order, NEVER)));
    expect(refused).toMatchObject({ code: "unapplied-changes", detail: expect.stringContaining("is not listed") });
    expect(await systemBackups.list()).not.toContain(order.backupId);
  });

  test("that come once an engine copies keep no System Backup from being listed", async () => {
    await world.host.run(
      "CREATE TABLE shop.large (s String) ENGINE = MergeTree ORDER BY tuple()",
      "INSERT INTO shop.large SELECT randomPrintableASCII(1000) FROM numbers(8000)",
    );
    const held = await contents();
    const slow = await world.host.cluster({ backupBandwidthBytesPerSecond: 2_000_000 });
    const order = aBackupOrder();
    let updated = false;
    for await (const report of slow.systemBackups.backUp(order, NEVER)) {
      if (report.type !== "progress" || updated) continue;
      updated = true;
      await update("shop.`odd-name`");
    }
    expect(updated).toBe(true);
    expect(await slow.systemBackups.list()).toContain(order.backupId);
    expect(await contents()).not.toEqual(held);
  });
});
