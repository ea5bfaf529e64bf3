import {
  CREATE_BACKUP_OPTIONS,
  DIFFERENTIAL_OPTIONS,
  INCREMENTAL_OPTIONS,
} from "@snapdeck/backup-sql/options/backup-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Effect, type Effects, namedEffects, Shop, WITH } from "./sql-options-world.ts";
import { SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

const differential = ({ backup }: Shop, options = "") => `BACKUP ${backup} TYPE = 'differential' ${WITH} ${options}`;

/** Of any kind of snapshot: refused where it asks for what no cluster does, and fine where it asks for nothing. */
const cannotFreeze = (take: (shop: Shop, options: string) => string): Effect => [
  "is refused when it is true, and means nothing when it is false",
  async (shop) => {
    expect(await shop.refused(take(shop, "WITH OPTIONS (BLOCK_TABLE_MUTATIONS = true)"))).toBe("not-supported");
    const before = (await shop.files()).length;
    await shop.run(take(shop, "WITH OPTIONS (BLOCK_TABLE_MUTATIONS = false)"));
    expect((await shop.files()).length).toBeGreaterThan(before);
  },
];

/** Of a kind of snapshot that builds on another. */
const definitionsOnly = (take: (shop: Shop, options: string) => string): Effect => [
  "takes no snapshot where only rows changed, with a warning, and one without rows where a definition did",
  async (shop) => {
    await shop.run(shop.create);
    await shop.insert();
    const sql = take(shop, "WITH OPTIONS (DDL_ONLY = true)");
    expect(await shop.warning(sql)).toContain("no definition changed");
    expect(await shop.describe()).toHaveLength(1);
    await shop.run(`ALTER TABLE ${shop.schema}.orders ADD COLUMN late UInt8; ${sql}`);
    expect((await shop.describe()).map((row) => row[11])).toEqual([100, 0]);
    expect(await shop.restored()).toMatch(/^0 rows/);
  },
];

const proven = (take: (shop: Shop, options: string) => string): Effect => [
  "has every byte read back (L2) or not (L1), whatever the backup was made with",
  async (shop) => {
    await shop.run(`${shop.create} WITH OPTIONS (CHECKSUM = true)`);
    await shop.insert();
    await shop.run(`${take(shop, "WITH OPTIONS (CHECKSUM = false)")}; ${take(shop, "WITH OPTIONS (CHECKSUM = true)")}`);
    await shop.run(take(shop, ""));
    expect(await shop.proofs()).toEqual(["L2", "L1", "L2", "L2"]);
  },
];

const commented = (take: (shop: Shop, options: string) => string): Effect => [
  "is kept with that snapshot alone, as DESCRIBE BACKUP shows it",
  async (shop) => {
    await shop.run(`${shop.create} WITH OPTIONS (COMMENT = 'of the start')`);
    await shop.run(`${take(shop, "WITH OPTIONS (COMMENT = 'it''s late; -- really')")}; ${take(shop, "")}`);
    expect(await shop.comments()).toEqual(["of the start", "it's late; -- really", null]);
  },
];

const foretold = (take: (shop: Shop, options: string) => string): Effect => [
  "answers what would be written, and writes nothing",
  async (shop) => {
    await shop.run(shop.create);
    await shop.insert();
    const before = await shop.files();
    const plan = await shop.run(take(shop, "WITH OPTIONS (DRY_RUN = true)"));
    expect(plan).toContainEqual(expect.arrayContaining(["write", `TABLE ${shop.schema}.orders`, 110]));
    expect(await shop.files()).toEqual(before);
    expect(await shop.describe()).toHaveLength(1);
  },
];

const incremental = ({ backup }: Shop, options: string) => `BACKUP ${backup} ${WITH} ${options}`;

const OF_CREATE: Effects<typeof CREATE_BACKUP_OPTIONS> = {
  checksum: [
    "has every byte of this snapshot and of those to come read back (L2)",
    async (shop) => {
      await shop.run(`${shop.create} WITH OPTIONS (CHECKSUM = true)`);
      await shop.incremental();
      expect(await shop.proofs()).toEqual(["L2", "L2"]);
      await shop.run(`${shop.create} WITH OPTIONS (RECREATE = true)`);
      expect(await shop.proofs()).toEqual(["L1"]);
    },
  ],
  comment: [
    "is kept with the snapshot",
    async (shop) => {
      await shop.run(`${shop.create} WITH OPTIONS (COMMENT = 'before the move')`);
      expect(await shop.comments()).toEqual(["before the move"]);
    },
  ],
  ddlOnly: [
    "takes definitions without rows",
    async (shop) => {
      await shop.run(`${shop.create} WITH OPTIONS (DDL_ONLY = true)`);
      expect((await shop.describe()).map((row) => row.slice(9, 12))).toEqual([[0, 0, 0]]);
      expect(await shop.restored()).toMatch(/^0 rows/);
    },
  ],
  dryRun: [
    "answers what would be written, and makes no backup",
    async (shop) => {
      const before = await shop.files();
      const plan = await shop.run(`${shop.create} WITH OPTIONS (DRY_RUN = true)`);
      expect(plan).toContainEqual(expect.arrayContaining(["write", `TABLE ${shop.schema}.orders`, 100]));
      expect(await shop.files()).toEqual(before);
    },
  ],
  maxIncrementalBackupsToKeep: [
    "caps the incrementals of the backup: the oldest goes, and the others hold what they held",
    async (shop) => {
      await shop.run(`${shop.create} WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1)`);
      const held = await shop.orders();
      await shop.incremental();
      await shop.incremental();
      expect(await shop.kinds()).toEqual(["full", "incremental"]);
      expect(await shop.restored()).toBe(await shop.orders());
      expect(await shop.restored((await shop.ids())[0])).toBe(held);
    },
  ],
  recreate: [
    "replaces a backup of that name, which is an error without",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      const before = await shop.ids();
      expect(await shop.refused(shop.create)).toBe("backup-exists");
      expect(await shop.refused(`${shop.create} WITH OPTIONS (RECREATE = false)`)).toBe("backup-exists");
      expect(await shop.ids()).toEqual(before);
      await shop.run(`${shop.create} WITH OPTIONS (RECREATE = true)`);
      expect(await shop.kinds()).toEqual(["full"]);
      expect(before).not.toContain((await shop.ids())[0]);
      expect(await shop.restored()).toBe(await shop.orders());
    },
  ],
  blockTableMutations: cannotFreeze(({ create }, options) => `${create} ${options}`),
};

const OF_INCREMENTAL: Effects<typeof INCREMENTAL_OPTIONS> = {
  checksum: proven(incremental),
  comment: commented(incremental),
  ddlOnly: definitionsOnly(incremental),
  dryRun: foretold(incremental),
  maxIncrementalBackupsToKeep: [
    "caps the incrementals with this snapshot, and -1 lifts the cap that the backup has",
    async (shop) => {
      await shop.run(`${shop.create} WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1)`);
      await shop.incremental();
      await shop.incremental("WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = -1)");
      expect(await shop.kinds()).toEqual(["full", "incremental", "incremental"]);
      await shop.incremental("WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = 2)");
      expect(await shop.kinds()).toEqual(["full", "incremental", "incremental"]);
      expect(await shop.restored()).toBe(await shop.orders());
    },
  ],
  blockTableMutations: [
    "is refused when it is true, and means nothing when it is false",
    async (shop) => {
      await shop.run(shop.create);
      await cannotFreeze(incremental)[1](shop);
    },
  ],
};

const OF_DIFFERENTIAL: Effects<typeof DIFFERENTIAL_OPTIONS> = {
  checksum: proven(differential),
  comment: commented(differential),
  ddlOnly: definitionsOnly(differential),
  dryRun: foretold(differential),
  deleteIntermediateBackups: [
    "leaves the full snapshot and the new differential, and nothing between",
    async (shop) => {
      await shop.run(shop.create);
      await shop.incremental();
      await shop.run(differential(shop, "WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = false)"));
      expect(await shop.kinds()).toEqual(["full", "incremental", "differential"]);
      await shop.insert();
      await shop.run(differential(shop, "WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)"));
      expect(await shop.kinds()).toEqual(["full", "differential"]);
      expect(await shop.restored()).toBe(await shop.orders());
    },
  ],
  blockTableMutations: [
    "is refused when it is true, and means nothing when it is false",
    async (shop) => {
      await shop.run(shop.create);
      await cannotFreeze(differential)[1](shop);
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
  ["CREATE BACKUP", CREATE_BACKUP_OPTIONS, OF_CREATE],
  ["an incremental BACKUP", INCREMENTAL_OPTIONS, OF_INCREMENTAL],
  ["a differential BACKUP", DIFFERENTIAL_OPTIONS, OF_DIFFERENTIAL],
])("In %s", (_, table, effects) => {
  test.each(namedEffects(table, effects))("%s", async (_sentence, proof) => {
    await proof(await Shop.open(browser, stack));
  });
});
