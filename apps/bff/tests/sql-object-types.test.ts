import type { ObjectType } from "@snapdeck/backup-sql/ast/backup-object";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, run, SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";

type Sample = { readonly make: string; readonly name: string; readonly drop: string; readonly look: string };

const REFUSED = "refused";

/** What of each type is made, dropped and looked at. The embedded engine keeps no users, and nobody has the types of Kinetica alone. */
const OF_TYPE: Record<ObjectType, Sample | typeof REFUSED> = {
  ALL: {
    make: "CREATE SCHEMA a; CREATE TABLE a.t ENGINE = Log AS SELECT 1 AS n; CREATE VIEW a.v AS SELECT n + 1 AS n FROM a.t",
    name: "a",
    drop: "DROP SCHEMA a CASCADE",
    look: "SELECT toUInt32(n) FROM a.t UNION ALL SELECT toUInt32(n) FROM a.v ORDER BY 1",
  },
  TABLE: {
    make: "CREATE TABLE shop.t ENGINE = MergeTree ORDER BY n AS SELECT 7 AS n",
    name: "shop.t",
    drop: "DROP TABLE shop.t",
    look: "SELECT toUInt32(n) FROM shop.t",
  },
  FUNCTION: {
    make: "CREATE FUNCTION thrice AS (x) -> x * 3",
    name: "thrice",
    drop: "DROP FUNCTION thrice",
    look: "SELECT toUInt32(thrice(3))",
  },
  CREDENTIAL: {
    make: "CREATE CREDENTIAL shop.key TYPE = 'aws_access_key', IDENTITY = 'i', SECRET = 's'",
    name: "shop.key",
    drop: "DROP CREDENTIAL shop.key",
    look: "DESCRIBE CREDENTIAL shop.key",
  },
  "DATA SINK": {
    make: `CREATE DATA SINK shop.s LOCATION = 'S3' WITH OPTIONS (BUCKET NAME = 'some-bucket', VALIDATE = FALSE, CREDENTIAL = 'ops.key')`,
    name: "shop.s",
    drop: "DROP DATA SINK shop.s",
    look: "SHOW DATA SINK shop.s",
  },
  "DATA SOURCE": {
    make: `CREATE DATA SOURCE shop.s LOCATION = 'S3' WITH OPTIONS (BUCKET NAME = 'some-bucket', VALIDATE = FALSE, CREDENTIAL = 'ops.key')`,
    name: "shop.s",
    drop: "DROP DATA SOURCE shop.s",
    look: "SHOW DATA SOURCE shop.s",
  },
  "RESOURCE GROUP": {
    make: "CREATE WORKLOAD everything; CREATE WORKLOAD nightly IN everything SETTINGS weight = 3",
    name: "everything, nightly",
    drop: "DROP WORKLOAD nightly; DROP WORKLOAD everything",
    look: "SELECT name, parent FROM system.workloads ORDER BY name",
  },
  CONTEXT: REFUSED,
  "FUNCTION ENVIRONMENT": REFUSED,
  PROCEDURE: REFUSED,
  ROLE: REFUSED,
  STREAM: REFUSED,
  USER: REFUSED,
};

let stack: SqlStack;
let browser: Browser;

beforeAll(async () => {
  stack = await SqlStack.start(1);
  browser = await stack.consoleWithStore("one");
  await run(
    browser,
    "CREATE SCHEMA shop; CREATE CREDENTIAL ops.key TYPE = 'aws_access_key', IDENTITY = 'i', SECRET = 's'",
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const held = Object.entries(OF_TYPE).flatMap(([type, each]) => (each === REFUSED ? [] : [[type, each] as const]));
const others = Object.entries(OF_TYPE).flatMap(([type, each]) => (each === REFUSED ? [type] : []));

describe("OBJECTS of a backup", () => {
  test.each(held)("may be of the type %s, which comes back as it was", async (type, { make, name, drop, look }) => {
    await run(browser, make);
    const before = await run(browser, look);
    expect(before).not.toEqual([]);
    await run(browser, `CREATE BACKUP typed ${WITH} OBJECTS (${type} = ${name})`);
    const restore = `RESTORE BACKUP typed ${FROM} OBJECTS (${type} = ${name})`;
    expect(await refused(browser, restore)).toBe("restore-conflict");
    await run(browser, `${drop}; ${restore}`);
    expect(await run(browser, look)).toEqual(before);
    await run(browser, `${restore} WITH OPTIONS (RESTORE_POLICY = 'replace')`);
    expect(await run(browser, look)).toEqual(before);
    await run(browser, `DROP BACKUP typed ${WITH}; ${drop}`);
  });

  test.each(others)("of the type %s are refused, with those that this cluster can back up", async (type) => {
    const reply = await ask(browser, `CREATE BACKUP typed ${WITH} OBJECTS (${type} = x)`);
    expect(reply).toMatchObject({
      code: "not-supported",
      detail: expect.stringContaining("nothing was changed"),
      hint: expect.stringMatching(/ALL, TABLE, FUNCTION.*CREDENTIAL, DATA SINK, DATA SOURCE/),
    });
    expect(await run(browser, `SHOW BACKUP * ${FROM}`)).toEqual([]);
  });
});
