import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { OwnStatement } from "@snapdeck/backup-sql/ast/statement";
import type { Problem } from "@snapdeck/contract/problem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, run, SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";

/** Each kind of statement with `name` in every place that takes one; none of them may change anything. */
const STATEMENTS = {
  "create-backup": (name) => [
    `CREATE BACKUP ${name} ${WITH} OBJECTS (TABLE = shop.orders)`,
    `CREATE BACKUP b DATA SINK = ${name} OBJECTS (TABLE = shop.orders)`,
    `CREATE BACKUP b DATA SINK = ${name}.backups OBJECTS (TABLE = shop.orders)`,
    `CREATE BACKUP b ${WITH} OBJECTS (ALL = ${name})`,
    `CREATE BACKUP b ${WITH} OBJECTS (TABLE = shop.orders, shop.${name})`,
    `CREATE BACKUP b ${WITH} OBJECTS (TABLE = ${name}.orders)`,
    `CREATE BACKUP b ${WITH} OBJECTS (FUNCTION = ${name})`,
    `CREATE BACKUP b ${WITH} OBJECTS (CREDENTIAL = ops.${name})`,
    `CREATE BACKUP b ${WITH} OBJECTS (DATA SINK = ops.${name}, DATA SOURCE = ${name}.x)`,
    `CREATE BACKUP b ${WITH} OBJECTS (USER = ${name})`,
  ],
  "take-snapshot": (name) => [
    `BACKUP ${name} ${WITH}`,
    `BACKUP ${name} TYPE = 'differential' ${WITH}`,
    `BACKUP kept DATA SINK = ${name}`,
  ],
  "alter-backup": (name) => [
    `ALTER BACKUP ${name} ${WITH} MERGE`,
    `ALTER BACKUP ${name} ${WITH} PURGE 1654321012345`,
    `ALTER BACKUP ${name} ${WITH} SET CHECKSUM = true`,
    `ALTER BACKUP kept DATA SINK = ops.${name} MERGE`,
  ],
  "restore-backup": (name) => [
    `RESTORE BACKUP ${name} ${FROM} OBJECTS (ALL = shop)`,
    `RESTORE BACKUP kept DATA SOURCE = ${name} OBJECTS (ALL = shop)`,
    `RESTORE BACKUP kept ${FROM} OBJECTS (ALL = ${name})`,
    `RESTORE BACKUP kept ${FROM} OBJECTS (TABLE = shop.${name})`,
    `RESTORE BACKUP kept ${FROM} OBJECTS (TABLE = ${name}.orders)`,
  ],
  "drop-backup": (name) => [
    `DROP BACKUP ${name} ${WITH}`,
    `DROP BACKUP kept DATA SINK = ${name}`,
    `DROP BACKUP ${name.replace(/"$/, '*"')} ${WITH}`,
  ],
  "show-backup": (name) => [`SHOW BACKUP ${name} ${FROM}`, `SHOW BACKUP * DATA SOURCE = ${name}`],
  "describe-backup": (name) => [`DESC BACKUP ${name} ${FROM}`, `DESCRIBE BACKUP * DATA SOURCE = ${name}`],
  "verify-backup": (name) => [`VERIFY BACKUP ${name} ${FROM}`, `VERIFY BACKUP * DATA SOURCE = ${name}`],
  "create-data-sink": (name) => [
    `CREATE DATA SINK s LOCATION = 'S3' WITH OPTIONS (BUCKET NAME = 'some-bucket', CREDENTIAL = ${name})`,
  ],
  "alter-data-sink": (name) => [
    `ALTER DATA SINK ${name} SET PROPERTY VALIDATE = true`,
    `ALTER EXTERNAL DATA SINK ops.backups SET PROPERTY CREDENTIAL = ops.${name}`,
  ],
  "drop-data-sink": (name) => [`DROP DATA SINK ${name}`, `DROP EXTERNAL DATA SINK ${name}.backups`],
  "show-data-sink": (name) => [`SHOW DATA SINK ${name}`],
  "describe-data-sink": (name) => [`DESCRIBE DATA SINK ops.${name}`],
  "create-data-source": (name) => [
    `CREATE DATA SOURCE s LOCATION = 'S3' WITH OPTIONS (BUCKET NAME = 'some-bucket', CREDENTIAL = ${name})`,
  ],
  "alter-data-source": (name) => [`ALTER DATA SOURCE ${name} SET PROPERTY VALIDATE = true`],
  "drop-data-source": (name) => [`DROP DATA SOURCE ops.${name}`],
  "show-data-source": (name) => [`SHOW DATA SOURCE ${name}`],
  "describe-data-source": (name) => [`DESC DATA SOURCE ${name}`],
  "create-credential": (name) => [`CREATE CREDENTIAL ${name} TYPE = 'aws_access_key', IDENTITY = 'i'`],
  "alter-credential": (name) => [`ALTER CREDENTIAL ${name} SET PROPERTY SECRET = 's'`],
  "drop-credential": (name) => [`DROP CREDENTIAL ${name}`],
  "show-credential": (name) => [`SHOW CREDENTIAL ${name}`],
  "describe-credential": (name) => [`DESCRIBE CREDENTIAL ${name}`],
  // A schema may have almost any name: those that none can have stand further down.
  "create-schema": () => [],
  "drop-schema": (name) => [`DROP SCHEMA ${name}`, `DROP SCHEMA ${name} CASCADE`],
} satisfies Record<OwnStatement["kind"], (name: string) => string[]>;

const NAMES: Record<string, string> = {
  "a slash": "a/b",
  "nothing but two dots": "..",
  "a way out of the store": "../../etc/passwd",
  quotes: `it's "his" and \`hers\``,
  "a NUL": "kept\0",
  "the end of a line": "kept\nor not",
  "300 characters": "x".repeat(300),
  "300 characters of four bytes": "😀".repeat(300),
};

let stack: SqlStack;
let browser: Browser;

beforeAll(async () => {
  stack = await SqlStack.start(1);
  browser = await stack.consoleWithStore("one");
  await run(
    browser,
    `CREATE SCHEMA shop; CREATE TABLE shop.orders (id UInt64) ENGINE = MergeTree ORDER BY id;
    INSERT INTO shop.orders SELECT number FROM numbers(10); CREATE BACKUP kept ${WITH} OBJECTS (ALL = shop)`,
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function everything(): Promise<unknown> {
  const files = await readdir(stack.backups, { recursive: true });
  const around = await readdir(dirname(stack.backups));
  const schemas = await run(browser, "SELECT name FROM system.databases ORDER BY name");
  const kept = await run(browser, "SHOW DATA SINK *; SHOW DATA SOURCE *");
  return { files: files.sort(), around: around.sort(), schemas, kept };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const text = (name: string) => name.replaceAll("'", "''");

/** What came of a statement that must be refused: at once, or by its job. */
async function refusal(sql: string): Promise<Problem> {
  const reply = await ask(browser, `${sql}; SHOW CREDENTIAL *`);
  const problem = "code" in reply ? reply : reply.stoppedBy;
  if (problem === undefined) throw new Error(`${sql} was not refused`);
  return problem;
}

/** One error: what happened, what it means for the data, what to do next, and nothing of how this server is made. */
function expectClear({ status, code, detail = "", hint = "" }: Problem, sql: string): void {
  expect(status, sql).toBeLessThan(500);
  expect(`${detail} ${hint}`, sql).toMatch(/nothing was|no statement was run|no snapshot was taken/i);
  expect(hint, sql).not.toBe("");
  expect(`${code} ${detail} ${hint}`, sql).not.toMatch(/\n\s+at |\.[tj]s:\d|node_modules|Error:/);
  expect(detail.length, sql).toBeLessThan(2_000);
}

describe.each(Object.entries(STATEMENTS))("A name that nothing has, or can have, in %s", (_, statements) => {
  test.each(Object.entries(NAMES))("with %s ends in one clear error, and nothing is written", async (_what, name) => {
    const before = await everything();
    for (const sql of statements(quoted(name))) expectClear(await refusal(sql), sql);
    expect(await everything()).toEqual(before);
  });
});

describe("A schema that no rank could make", () => {
  const UNFIT = ["a NUL", "the end of a line", "300 characters", "300 characters of four bytes"];

  test.each(UNFIT)("is refused in CREATE SCHEMA and RESTORE BACKUP: with %s", async (what) => {
    const name = NAMES[what] ?? "";
    const before = await everything();
    const restore = `RESTORE BACKUP kept ${FROM} OBJECTS (ALL = shop)`;
    for (const sql of [
      `CREATE SCHEMA ${quoted(name)}`,
      `CREATE SCHEMA IF NOT EXISTS ${quoted(name)}`,
      `${restore} WITH OPTIONS (TARGET_SCHEMA_MAP = 'shop:${text(name)}')`,
      `${restore} WITH OPTIONS (RESTORE_POLICY = rename, RENAMED_OBJECTS_SCHEMA = '${text(name)}')`,
      `${restore} WITH OPTIONS (TARGET_SCHEMA_MAP = '${text(name)}:shop')`,
    ]) {
      expectClear(await refusal(sql), sql);
    }
    expect(await everything()).toEqual(before);
  });
});

describe("A name that is odd but can be", () => {
  test.each(["a slash", "nothing but two dots", "a way out of the store", "quotes"])(
    "names schemas, tables, sinks, sources and credentials, which are backed up and restored: with %s",
    async (what) => {
      const name = quoted(NAMES[what] ?? "");
      const location = `LOCATION = 'FILE://${stack.backups}'`;
      await run(
        browser,
        `CREATE SCHEMA ${name}; CREATE TABLE ${name}.${name} (id UInt64) ENGINE = MergeTree ORDER BY id;
        INSERT INTO ${name}.${name} SELECT number FROM numbers(7);
        CREATE CREDENTIAL ${name}.${name} TYPE = 'aws_access_key', IDENTITY = 'i', SECRET = 's';
        CREATE DATA SINK ${name}.${name} ${location}; CREATE DATA SOURCE ${name}.${name} ${location}`,
      );
      const around = await readdir(dirname(stack.backups));
      await run(
        browser,
        `CREATE BACKUP odd DATA SINK = ${name}.${name} OBJECTS (ALL = ${name}, TABLE = ${name}.${name});
        DROP SCHEMA ${name} CASCADE; RESTORE BACKUP odd ${FROM} OBJECTS (ALL = ${name})`,
      );
      expect(await run(browser, `SELECT toUInt32(count()) FROM ${name}.${name}`)).toEqual([[7]]);
      for (const kind of ["CREDENTIAL", "DATA SINK", "DATA SOURCE"]) {
        expect(await run(browser, `SHOW ${kind} ${name}.${name}`)).toHaveLength(1);
      }
      await run(browser, `DROP BACKUP odd DATA SINK = ${name}.${name}; DROP SCHEMA ${name} CASCADE`);
      expect(await readdir(dirname(stack.backups))).toEqual(around);
      expect((await readdir(stack.backups)).sort()).toEqual(["kept"]);
    },
  );
});

describe("What is unknown, or is none, in a statement", () => {
  test.each([
    ["an option", `BACKUP kept ${WITH} WITH OPTIONS (COMPRESSION = true)`, "sql-syntax"],
    ["an option of another statement", `BACKUP kept ${WITH} WITH OPTIONS (RECREATE = true)`, "sql-syntax"],
    ["an option twice", `BACKUP kept ${WITH} WITH OPTIONS (CHECKSUM = true, checksum = false)`, "sql-syntax"],
    ["a value", `BACKUP kept ${WITH} WITH OPTIONS (CHECKSUM = maybe)`, "sql-syntax"],
    ["a type of snapshot", `BACKUP kept TYPE = 'partial' ${WITH}`, "sql-syntax"],
    ["a type of object", `CREATE BACKUP b ${WITH} OBJECTS (SEQUENCE = shop.s)`, "sql-syntax"],
    [
      "a policy",
      `RESTORE BACKUP kept ${FROM} OBJECTS (ALL = shop) WITH OPTIONS (RESTORE_POLICY = 'merge')`,
      "sql-syntax",
    ],
    ["a property", "ALTER DATA SINK ops.backups SET PROPERTY COLOR = 'red'", "sql-syntax"],
    ["a type of credential", "CREATE CREDENTIAL c TYPE = 'passport'", "sql-syntax"],
    ["a provider", "CREATE DATA SINK s LOCATION = 'FTP://host'", "bad-request"],
    ["a backup", `BACKUP absent ${WITH}`, "backup-not-found"],
    ["a backup to merge", `ALTER BACKUP absent ${WITH} MERGE`, "backup-not-found"],
    ["a backup to restore", `RESTORE BACKUP absent ${FROM} OBJECTS (ALL = shop)`, "backup-not-found"],
    ["a backup to drop", `DROP BACKUP absent ${WITH}`, "backup-not-found"],
    ["backups to drop", `DROP BACKUP "ab*" ${WITH}`, "backup-not-found"],
    ["a backup to show", `SHOW BACKUP absent ${FROM}`, "backup-not-found"],
    ["a backup to describe", `DESCRIBE BACKUP absent ${FROM}`, "backup-not-found"],
    ["a backup to verify", `VERIFY BACKUP absent ${FROM}`, "backup-not-found"],
    ["a sink", "BACKUP kept DATA SINK = ops.absent", "connection-not-found"],
    ["a source", "SHOW BACKUP * DATA SOURCE = absent", "connection-not-found"],
    ["an object", `CREATE BACKUP b ${WITH} OBJECTS (TABLE = shop.absent)`, "object-not-found"],
    ["an object of the snapshot", `RESTORE BACKUP kept ${FROM} OBJECTS (TABLE = shop.absent)`, "object-not-found"],
    ["an id to purge", `ALTER BACKUP kept ${WITH} PURGE 1654321012345`, "snapshot-not-found"],
    ["an id to verify", `VERIFY BACKUP kept ${FROM} WITH OPTIONS (BACKUP_ID = 1654321012345)`, "snapshot-not-found"],
    [
      "an id to restore",
      `RESTORE BACKUP kept ${FROM} OBJECTS (ALL = shop) WITH OPTIONS (BACKUP_ID = 1654321012345)`,
      "snapshot-not-found",
    ],
    ["an id that is no number", `ALTER BACKUP kept ${WITH} PURGE 'newest'`, "sql-syntax"],
    ["an id that is too large to be exact", `ALTER BACKUP kept ${WITH} PURGE 9007199254740993`, "sql-syntax"],
    ["a schema", "DROP SCHEMA absent", "schema-not-found"],
  ])("is told in one clear error, and nothing is written: %s", async (_, sql, code) => {
    const before = await everything();
    const problem = await refusal(sql);
    expect(problem.code).toBe(code);
    expectClear(problem, sql);
    expect(await everything()).toEqual(before);
  });
});
