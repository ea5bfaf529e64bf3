import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Job } from "@snapdeck/contract/job";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask, CLUSTER, checksum, refused, run, SqlStack } from "./sql-stack-world.ts";

const JobsReply = z.object({ items: z.array(Job) });

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";

describe("The use case of the backup SQL, on a directory", { timeout: 180_000 }, () => {
  test("runs from the data sink to restores that bring back what each snapshot held", async () => {
    await using stack = await SqlStack.start(1);
    const browser = await stack.consoleWithStore("one");
    await run(
      browser,
      `CREATE SCHEMA shop;
      CREATE TABLE shop.orders (id UInt64, what String) ENGINE = MergeTree ORDER BY id;
      CREATE TABLE shop.notes (note String) ENGINE = Log;
      CREATE VIEW shop.big AS SELECT * FROM shop.orders WHERE id > 5000;
      INSERT INTO shop.orders SELECT number, toString(number) FROM numbers(10000);
      INSERT INTO shop.notes VALUES ('one')`,
    );
    const first = await checksum(browser, "shop.orders");
    const create = `CREATE BACKUP shop_bk ${WITH} OBJECTS (ALL = shop) WITH OPTIONS (COMMENT = 'the first')`;
    await run(browser, create);
    const more = "INSERT INTO shop.orders SELECT number, 'more' FROM numbers(10000, 500)";
    await run(browser, `${more}; INSERT INTO shop.notes VALUES ('two')`);
    await run(browser, `BACKUP shop_bk ${WITH}`);
    const both = async () => [await checksum(browser, "shop.orders"), await checksum(browser, "shop.notes")];
    const second = await both();

    const described = await run(browser, `DESCRIBE BACKUP shop_bk ${FROM}`);
    expect(described.map((row) => [row[0], row[2], row[8], row[12]])).toEqual([
      ["shop_bk", "full", "ALL shop", "the first"],
      ["shop_bk", "incremental", "ALL shop", null],
    ]);
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([[create]]);
    const tree = await readdir(join(stack.backups, "shop_bk"));
    const ids = described.map((row) => String(row[1]));
    expect(tree.sort()).toEqual([...ids, "ki_backup_info.json", "shop_bk.mdb"].sort());

    const restore = `RESTORE BACKUP shop_bk ${FROM} OBJECTS (ALL = shop)`;
    expect(await refused(browser, restore)).toBe("restore-conflict");
    await run(browser, `DROP SCHEMA shop CASCADE; ${restore}`);
    expect(await both()).toEqual(second);
    expect(await run(browser, "SELECT toUInt32(count()) FROM shop.big")).toEqual([[5499]]);

    const older = `BACKUP_ID = ${ids[0]}, TARGET_SCHEMA_MAP = 'shop:then'`;
    await run(browser, `RESTORE BACKUP shop_bk ${FROM} OBJECTS (TABLE = shop.orders) WITH OPTIONS (${older})`);
    expect(await checksum(browser, "then.orders")).toBe(first);

    await run(browser, `VERIFY BACKUP shop_bk ${FROM}; ALTER BACKUP shop_bk ${WITH} MERGE`);
    expect((await run(browser, `DESCRIBE BACKUP shop_bk ${FROM}`)).map((row) => row[2])).toEqual(["full"]);
    await run(browser, `DROP TABLE shop.orders; ${restore} WITH OPTIONS (RESTORE_POLICY = 'replace')`);
    expect(await both()).toEqual(second);

    await run(browser, `DROP BACKUP shop_bk ${WITH}`);
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([]);
    expect(await readdir(stack.backups)).not.toContain("shop_bk");
  });

  test("goes through every kind of snapshot, with plans that say beforehand what is then done", async () => {
    await using stack = await SqlStack.start(1);
    const browser = await stack.consoleWithStore("one");
    const table = "ENGINE = MergeTree ORDER BY id AS SELECT number AS id FROM numbers(1000)";
    await run(browser, `CREATE SCHEMA shop; CREATE TABLE shop.orders ${table}`);
    const insert = (from: number) => run(browser, `INSERT INTO shop.orders SELECT number FROM numbers(${from}, 10)`);
    const kinds = async () => (await run(browser, `DESCRIBE BACKUP b ${FROM}`)).map((row) => row[2]);
    const ids = async () => (await run(browser, `DESCRIBE BACKUP b ${FROM}`)).map((row) => String(row[1]));
    const dry = (sql: string) => run(browser, `${sql} WITH OPTIONS (DRY_RUN = true)`);

    const create = `CREATE BACKUP b ${WITH} OBJECTS (TABLE = shop.orders)`;
    expect(await dry(create)).not.toEqual([]);
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([]);
    await run(browser, create);
    expect(await refused(browser, create)).toBe("backup-exists");
    await insert(1000);
    await run(browser, `BACKUP b ${WITH}`);
    await insert(2000);
    await run(browser, `BACKUP b ${WITH} WITH OPTIONS (CHECKSUM = true)`);
    const held = await checksum(browser, "shop.orders");
    const [fullId, oldest = "", newest] = await ids();
    expect(await dry(`ALTER BACKUP b ${WITH} PURGE ${oldest}`)).toContainEqual(
      expect.arrayContaining(["remove snapshot", `snapshot ${oldest}`]),
    );
    await run(browser, `ALTER BACKUP b ${WITH} PURGE ${oldest}`);
    expect(await ids()).toEqual([fullId, newest]);
    expect(await refused(browser, `ALTER BACKUP b ${WITH} PURGE ${oldest}`)).toBe("snapshot-not-found");

    const restore = `RESTORE BACKUP b ${FROM} OBJECTS (TABLE = shop.orders)`;
    await insert(3000);
    const aside = "RESTORE_POLICY = 'rename', RENAMED_OBJECTS_SCHEMA = aside";
    expect(await run(browser, `${restore} WITH OPTIONS (${aside}, DRY_RUN = true)`)).toContainEqual(
      expect.arrayContaining(["move aside", "TABLE shop.orders to TABLE aside.orders"]),
    );
    const live = await checksum(browser, "shop.orders");
    await run(browser, `${restore} WITH OPTIONS (${aside}, CHECKSUM = true)`);
    expect([await checksum(browser, "shop.orders"), await checksum(browser, "aside.orders")]).toEqual([held, live]);

    await insert(4000);
    const differential = `BACKUP b TYPE = 'differential' ${WITH}`;
    await run(browser, `${differential} WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)`);
    expect(await kinds()).toEqual(["full", "differential"]);
    await run(browser, `ALTER BACKUP b ${WITH} SET MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1`);
    for (const from of [5000, 6000]) {
      await insert(from);
      await run(browser, `BACKUP b ${WITH}`);
    }
    expect(await kinds()).toEqual(["full", "differential", "incremental"]);
    const last = await checksum(browser, "shop.orders");
    await run(browser, `DROP TABLE shop.orders; ${restore}; VERIFY BACKUP b ${FROM}`);
    expect(await checksum(browser, "shop.orders")).toBe(last);

    await run(browser, `${create} WITH OPTIONS (RECREATE = true, DDL_ONLY = true)`);
    expect(await kinds()).toEqual(["full"]);
    await run(browser, `DROP TABLE shop.orders; ${restore}`);
    expect(await checksum(browser, "shop.orders")).toMatch(/^0 rows/);
    expect(await dry(`DROP BACKUP * ${WITH}`)).toContainEqual(expect.arrayContaining(["remove backup"]));
    await run(browser, `DROP BACKUP * ${WITH} WITH OPTIONS (DELETE_ALL_BACKUPS = true)`);
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([]);
  });

  test("brings resource groups back, and says why users cannot be backed up and what can", async () => {
    await using stack = await SqlStack.start(1);
    const browser = await stack.consoleWithStore("one");
    await run(
      browser,
      `CREATE RESOURCE threads (MASTER THREAD);
      CREATE WORKLOAD everything;
      CREATE WORKLOAD reports IN everything SETTINGS max_concurrent_threads = 2 FOR threads`,
    );
    const groups = "OBJECTS (RESOURCE GROUP = everything, RESOURCE GROUP = reports)";
    await run(browser, `CREATE BACKUP g ${WITH} ${groups}`);
    await run(browser, "DROP WORKLOAD reports; DROP WORKLOAD everything; DROP RESOURCE threads");
    await run(browser, `RESTORE BACKUP g ${FROM} ${groups}`);
    expect(await run(browser, "SELECT name, parent FROM system.workloads ORDER BY name")).toEqual([
      ["everything", ""],
      ["reports", "everything"],
    ]);
    const reply = await ask(browser, `CREATE BACKUP u ${WITH} OBJECTS (USER = eve)`);
    expect(reply).toMatchObject({
      code: "not-supported",
      detail: expect.stringContaining("backs up no USER: its server keeps users and roles in its configuration only"),
      hint: expect.stringContaining("RESOURCE GROUP, CREDENTIAL"),
    });
  });

  test("runs on three ranks, and consoles that never saw the store go on with it, or only look where the key is another", async () => {
    await using stack = await SqlStack.start(3);
    const browser = await stack.consoleWithStore("one");
    const loading = await browser.ask("POST", `${CLUSTER}/example-data`, { body: {} });
    expect(loading.status).toBe(202);
    await vi.waitFor(
      async () => {
        const { items } = JobsReply.parse((await browser.ask("GET", `${CLUSTER}/jobs?limit=1`)).json());
        expect(items[0]?.state.name).toBe("succeeded");
      },
      { timeout: 60_000, interval: 100 },
    );
    const held = await checksum(browser, "shop.orders");
    await run(browser, `CREATE BACKUP b ${WITH} OBJECTS (ALL = shop) WITH OPTIONS (CHECKSUM = true)`);
    const [[, id] = []] = await run(browser, `DESCRIBE BACKUP b ${FROM}`);
    const ranks = (await readdir(join(stack.backups, "b", String(id)))).filter((name) => name.startsWith("rank-"));
    expect(ranks.sort()).toEqual(["rank-0", "rank-1", "rank-2"]);

    const second = await stack.consoleWithStore("two");
    await run(second, `INSERT INTO shop.orders SELECT * FROM shop.orders LIMIT 1000; BACKUP b ${WITH}`);
    const more = await checksum(second, "shop.orders");
    expect(more).not.toBe(held);
    await run(second, `DROP SCHEMA shop CASCADE; RESTORE BACKUP b ${FROM} OBJECTS (ALL = shop)`);
    expect(await checksum(second, "shop.orders")).toBe(more);

    const stranger = await stack.consoleWithStore("stranger", "other-keys");
    expect(await run(stranger, `DESCRIBE BACKUP b ${FROM}`)).toHaveLength(2);
    expect(await refused(stranger, `RESTORE BACKUP b ${FROM} OBJECTS (ALL = shop)`)).toBe("backup-unusable");
  });
});
