import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DROP_BACKUP_OPTIONS,
  RESTORE_BACKUP_OPTIONS,
  VERIFY_BACKUP_OPTIONS,
} from "@snapdeck/backup-sql/options/backup-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Effect, type Effects, FROM, namedEffects, Shop, WITH } from "./sql-options-world.ts";
import { SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

/** What asks for more than there is on a cluster like this is refused; what asks for nothing changes nothing. */
const meansNothing = (option: string, refusedValues: string[], values: string[]): Effect => [
  "is refused where it asks for what this cluster does not have, and changes nothing otherwise",
  async (shop) => {
    await shop.run(shop.create);
    for (const value of refusedValues) {
      const sql = shop.restore(`${option} = ${value}, RESTORE_POLICY = 'replace'`);
      expect(await shop.refused(sql)).toBe("not-supported");
    }
    const held = await shop.orders();
    for (const value of values) {
      await shop.run(`DROP SCHEMA ${shop.schema} CASCADE; ${shop.restore(`${option} = ${value}`)}`);
      expect(await shop.orders()).toBe(held);
    }
  },
];

/** One byte of a snapshot's rows is another one. */
async function damage({ backups, backup }: Shop, snapshotId: number | undefined): Promise<void> {
  const folder = join(backups, backup, String(snapshotId));
  const file = (await readdir(folder, { recursive: true })).find((path) => /parts\/data\/.*data\.bin$/.test(path));
  const path = join(folder, file ?? "no file of rows");
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  await writeFile(path, bytes);
}

const OF_RESTORE: Effects<typeof RESTORE_BACKUP_OPTIONS> = {
  backupId: [
    "says which snapshot is restored: without, the newest",
    async (shop) => {
      const held = [await shop.orders()];
      await shop.run(shop.create);
      await shop.incremental();
      held.push(await shop.orders());
      const [first, second] = await shop.ids();
      expect([await shop.restored(first), await shop.restored(second)]).toEqual(held);
      expect(await shop.restored()).toBe(held[1]);
      expect(await shop.refused(shop.restore("BACKUP_ID = 7, RESTORE_POLICY = replace"))).toBe("snapshot-not-found");
    },
  ],
  checksum: [
    "reads every byte back first: of a damaged snapshot nothing is restored",
    async (shop) => {
      await shop.run(shop.create);
      const elsewhere = `TARGET_SCHEMA_MAP = '${shop.schema}:${shop.schema}_else'`;
      await shop.run(shop.restore(`CHECKSUM = true, ${elsewhere}`));
      expect(await shop.orders(`${shop.schema}_else`)).toBe(await shop.orders());
      await damage(shop, (await shop.ids())[0]);
      const before = await shop.orders();
      expect(await shop.refused(shop.restore("CHECKSUM = true, RESTORE_POLICY = 'replace'"))).toBe("backup-unusable");
      expect(await shop.orders()).toBe(before);
    },
  ],
  createSchemaIfNotExist: [
    "makes schemas that are missing; when it is false a missing one is an error",
    async (shop) => {
      await shop.run(shop.create);
      const held = await shop.orders();
      await shop.run(`DROP SCHEMA ${shop.schema} CASCADE`);
      expect(await shop.refused(shop.restore("CREATE_SCHEMA_IF_NOT_EXIST = false"))).toBe("schema-not-found");
      await shop.run(`CREATE SCHEMA ${shop.schema}; ${shop.restore("CREATE_SCHEMA_IF_NOT_EXIST = false")}`);
      expect(await shop.orders()).toBe(held);
      await shop.run(`DROP SCHEMA ${shop.schema} CASCADE; ${shop.restore("CREATE_SCHEMA_IF_NOT_EXIST = true")}`);
      expect(await shop.orders()).toBe(held);
    },
  ],
  ddlOnly: [
    "brings tables back empty",
    async (shop) => {
      await shop.run(`${shop.create}; DROP SCHEMA ${shop.schema} CASCADE; ${shop.restore("DDL_ONLY = true")}`);
      expect(await shop.orders()).toMatch(/^0 rows/);
      await shop.run(shop.restore("DDL_ONLY = false, RESTORE_POLICY = 'replace'"));
      expect(await shop.orders()).toMatch(/^100 rows/);
    },
  ],
  dryRun: [
    "answers what would be made and replaced, and restores nothing",
    async (shop) => {
      await shop.run(shop.create);
      await shop.insert();
      const live = await shop.orders();
      const plan = await shop.run(shop.restore("DRY_RUN = true, RESTORE_POLICY = 'replace'"));
      expect(plan).toEqual([["replace", `TABLE ${shop.schema}.orders`, 100, null]]);
      expect(await shop.refused(shop.restore("DRY_RUN = true"))).toBe("restore-conflict");
      expect(await shop.orders()).toBe(live);
    },
  ],
  restorePolicy: [
    "none gives way to what exists, replace replaces it, rename moves it aside",
    async (shop) => {
      await shop.run(shop.create);
      const held = await shop.orders();
      await shop.insert();
      const live = await shop.orders();
      expect(await shop.refused(shop.restore("RESTORE_POLICY = 'none'"))).toBe("restore-conflict");
      expect(await shop.orders()).toBe(live);
      await shop.run(shop.restore("RESTORE_POLICY = 'rename'"));
      expect(await shop.orders()).toBe(held);
      const [[aside] = []] = await shop.run(
        "SELECT name FROM system.databases WHERE match(name, '^backup_[0-9a-f-]{36}$')",
      );
      expect(await shop.orders(String(aside))).toBe(live);
      await shop.insert();
      await shop.run(shop.restore("RESTORE_POLICY = 'replace'"));
      expect(await shop.orders()).toBe(held);
    },
  ],
  renamedObjectsSchema: [
    "names the schema that takes what was in the way, and is made where it is missing",
    async (shop) => {
      await shop.run(shop.create);
      const held = await shop.orders();
      await shop.insert();
      const live = await shop.orders();
      await shop.run(shop.restore(`RESTORE_POLICY = 'rename', RENAMED_OBJECTS_SCHEMA = ${shop.schema}_aside`));
      expect(await shop.orders()).toBe(held);
      expect(await shop.orders(`${shop.schema}_aside`)).toBe(live);
    },
  ],
  restoreSubscriptions: meansNothing("RESTORE_SUBSCRIPTIONS", ["'pause'", "'cancel'"], ["'resume'"]),
  reingest: meansNothing("REINGEST", ["true"], ["false"]),
  restoreAllPermissions: meansNothing("RESTORE_ALL_PERMISSIONS", ["true"], ["false"]),
  targetSchemaMap: [
    "restores each schema under another name, told apart by case",
    async (shop) => {
      const second = `${shop.schema}_b`;
      await shop.run(
        `CREATE SCHEMA ${second}; CREATE TABLE ${second}.orders ENGINE = Log AS SELECT 1 AS id;
        CREATE BACKUP ${shop.backup} ${WITH} OBJECTS (ALL = ${shop.schema}, ${second})`,
      );
      const map = `TARGET_SCHEMA_MAP = '${shop.schema}:one_${shop.schema}, ${second}:two_${shop.schema}'`;
      const objects = `OBJECTS (ALL = ${shop.schema}, ALL = ${second})`;
      await shop.run(`RESTORE BACKUP ${shop.backup} ${FROM} ${objects} WITH OPTIONS (${map})`);
      expect(await shop.orders(`one_${shop.schema}`)).toBe(await shop.orders());
      expect(await shop.orders(`two_${shop.schema}`)).toBe(await shop.orders(second));
      const upper = shop.restore(`TARGET_SCHEMA_MAP = '${shop.schema.toUpperCase()}:x'`);
      expect(await shop.refused(upper)).toBe("bad-request");
    },
  ],
};

const OF_DROP: Effects<typeof DROP_BACKUP_OPTIONS> = {
  deleteAllBackups: [
    "must be true where several are meant, and then removes all those and no others",
    async (shop) => {
      for (const name of ["a1", "a2", "b"]) await shop.run(shop.create.replace(shop.backup, `${shop.backup}_${name}`));
      const meant = `DROP BACKUP "${shop.backup}_a*" ${WITH}`;
      expect(await shop.refused(meant)).toBe("bad-request");
      expect(await shop.refused(`DROP BACKUP * ${WITH} WITH OPTIONS (DELETE_ALL_BACKUPS = false)`)).toBe("bad-request");
      expect(await shop.run(`SHOW BACKUP "${shop.backup}*" ${FROM}`)).toHaveLength(3);
      await shop.run(`${meant} WITH OPTIONS (DELETE_ALL_BACKUPS = true)`);
      expect((await readdir(shop.backups)).filter((each) => each.startsWith(shop.backup))).toEqual([
        `${shop.backup}_b`,
      ]);
      await shop.run(`DROP BACKUP * ${WITH} WITH OPTIONS (DELETE_ALL_BACKUPS = true)`);
      expect(await readdir(shop.backups)).toEqual([]);
    },
  ],
  dryRun: [
    "answers which backups would go, and removes none",
    async (shop) => {
      await shop.run(shop.create);
      const before = await shop.files();
      const plan = await shop.run(`DROP BACKUP "${shop.backup}*" ${WITH} WITH OPTIONS (DRY_RUN = true)`);
      expect(plan.map(([action]) => action)).toEqual(["remove backup", "remove snapshot"]);
      expect(JSON.stringify(plan[0])).toContain(shop.backup);
      expect(await shop.files()).toEqual(before);
    },
  ],
  noErrorIfNotExists: [
    "makes it no error that there is no such backup",
    async (shop) => {
      const drop = `DROP BACKUP ${shop.backup} ${WITH}`;
      expect(await shop.refused(drop)).toBe("backup-not-found");
      await shop.run(`${drop} WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true)`);
      await shop.run(`${shop.create}; ${drop} WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true)`);
      expect(await readdir(shop.backups)).not.toContain(shop.backup);
    },
  ],
};

const OF_VERIFY: Effects<typeof VERIFY_BACKUP_OPTIONS> = {
  backupId: [
    "says which snapshot is read back, with what it builds on: without, all",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      const [first, second] = await shop.ids();
      await damage(shop, second);
      const verify = `VERIFY BACKUP ${shop.backup} ${FROM}`;
      await shop.run(`${verify} WITH OPTIONS (BACKUP_ID = ${first})`);
      expect(await shop.refused(`${verify} WITH OPTIONS (BACKUP_ID = ${second})`)).toBe("proof-failed");
      expect(await shop.refused(verify)).toBe("proof-failed");
    },
  ],
};

let stack: SqlStack;
let browser: Browser;

beforeAll(async () => {
  stack = await SqlStack.start(1);
  browser = await stack.consoleWithStore("one");
});
afterAll(() => stack?.[Symbol.asyncDispose]());

describe.each([
  ["RESTORE BACKUP", RESTORE_BACKUP_OPTIONS, OF_RESTORE],
  ["DROP BACKUP", DROP_BACKUP_OPTIONS, OF_DROP],
  ["VERIFY BACKUP", VERIFY_BACKUP_OPTIONS, OF_VERIFY],
])("In %s", (_, table, effects) => {
  test.each(namedEffects(table, effects))("%s", async (_sentence, proof) => {
    await proof(await Shop.open(browser, stack));
  });
});
