import { ALTER_BACKUP_OPTIONS, BACKUP_SETTINGS, MERGE_OPTIONS } from "@snapdeck/backup-sql/options/backup-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Effects, namedEffects, Shop, WITH } from "./sql-options-world.ts";
import { SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

const alter = ({ backup }: Shop, what: string) => `ALTER BACKUP ${backup} ${WITH} ${what}`;

const OF_SET: Effects<typeof BACKUP_SETTINGS> = {
  checksum: [
    "is for the snapshots to come, and changes none that there is",
    async (shop) => {
      await shop.run(`${shop.create}; ${alter(shop, "SET CHECKSUM = true")}`);
      await shop.incremental();
      await shop.run(alter(shop, "SET CHECKSUM = false"));
      await shop.incremental();
      expect(await shop.proofs()).toEqual(["L1", "L2", "L1"]);
    },
  ],
  ddlOnly: [
    "is for the snapshots to come: they hold no rows until it is taken back",
    async (shop) => {
      await shop.run(`${shop.create}; ${alter(shop, "SET DDL_ONLY = true")}`);
      await shop.incremental();
      expect(await shop.kinds()).toEqual(["full"]);
      await shop.run(alter(shop, "SET DDL_ONLY = false"));
      await shop.incremental();
      expect(await shop.restored()).toBe(await shop.orders());
    },
  ],
  maxIncrementalBackupsToKeep: [
    "is for the snapshots to come, and removes one only with the next; -1 is no cap",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      await shop.incremental();
      await shop.run(alter(shop, "SET MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1"));
      expect(await shop.kinds()).toHaveLength(3);
      await shop.incremental();
      expect(await shop.kinds()).toEqual(["full", "incremental"]);
      await shop.run(alter(shop, "SET MAX_INCREMENTAL_BACKUPS_TO_KEEP = -1"));
      await shop.incremental();
      expect(await shop.kinds()).toHaveLength(3);
    },
  ],
};

const OF_MERGE: Effects<typeof MERGE_OPTIONS> = {
  comment: [
    "is kept with the merged snapshot",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      await shop.run(alter(shop, "MERGE WITH OPTIONS (COMMENT = 'end of the year')"));
      expect(await shop.comments()).toEqual(["end of the year"]);
      expect(await shop.restored()).toBe(await shop.orders());
    },
  ],
  dryRun: [
    "answers what would be removed, and merges nothing",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      const before = await shop.files();
      const plan = await shop.run(alter(shop, "MERGE WITH OPTIONS (DRY_RUN = true)"));
      for (const id of await shop.ids())
        expect(plan).toContainEqual(expect.arrayContaining(["remove snapshot", `snapshot ${id}`]));
      expect(await shop.files()).toEqual(before);
    },
  ],
};

const OF_PURGE_AND_SET: Effects<typeof ALTER_BACKUP_OPTIONS> = {
  dryRun: [
    "answers what would be removed or changed, and does neither",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      const [, id] = await shop.ids();
      const before = await shop.files();
      const purge = await shop.run(alter(shop, `PURGE ${id} WITH OPTIONS (DRY_RUN = true)`));
      expect(purge).toContainEqual(expect.arrayContaining(["remove snapshot", `snapshot ${id}`]));
      const set = await shop.run(alter(shop, "SET CHECKSUM = true, DDL_ONLY = false WITH OPTIONS (DRY_RUN = true)"));
      expect(set).toEqual([["change", "CHECKSUM from false to true", null, null]]);
      expect(await shop.files()).toEqual(before);
      await shop.incremental();
      expect(await shop.proofs()).toEqual(["L1", "L1", "L1"]);
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
  ["ALTER BACKUP with SET", BACKUP_SETTINGS, OF_SET],
  ["ALTER BACKUP with MERGE", MERGE_OPTIONS, OF_MERGE],
  ["ALTER BACKUP with PURGE or SET", ALTER_BACKUP_OPTIONS, OF_PURGE_AND_SET],
])("In %s", (_, table, effects) => {
  test.each(namedEffects(table, effects))("%s", async (_sentence, proof) => {
    await proof(await Shop.open(browser, stack));
  });
});
