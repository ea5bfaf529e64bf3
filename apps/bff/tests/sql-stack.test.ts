import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "@snapdeck/contract/problem";
import { type SqlReply, SqlReply as SqlReplySchema, type SqlValue } from "@snapdeck/contract/sql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compose } from "../src/compose.ts";
import { Config } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import type { Serving } from "../src/start/serve.ts";
import { Browser } from "./world/browser.ts";
import { EmbeddedCluster } from "./world/embedded-cluster.ts";
import { PASSWORD } from "./world/start-world.ts";

const CLUSTER = "/api/clusters/local";

let home: string;
let cluster: EmbeddedCluster;
let serving: Serving;
let browser: Browser;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "snapdeck-sql-"));
  cluster = await EmbeddedCluster.start(home);
  serving = await serve("one");
  browser = await signedUp(serving);
  await vi.waitFor(async () => expect(await value("SELECT 1")).toBe(1), { timeout: 60_000, interval: 100 });
});

afterAll(async () => {
  await serving?.stop();
  await cluster?.stop();
  await rm(home, { recursive: true, force: true });
});

/** A console with state of its own over the cluster and its stores; all have the same key. */
function serve(name: string): Promise<Serving> {
  const config = Config.parse({
    port: 0,
    stateDir: join(home, `state-${name}`),
    keysDir: join(home, "keys"),
    limits: { changesPerMinute: 10_000 },
    cluster: {
      id: "local",
      name: "local",
      hostUrl: cluster.hostUrl,
      hostTokenFile: cluster.hostTokenFile,
      storeRoot: join(home, "store"),
      databaseBackupRoots: [join(home, "database-backups")],
    },
  });
  return compose(config, createLog("fatal"), "0.1.0");
}

async function signedUp({ url, setupUrl }: Serving): Promise<Browser> {
  const fresh = new Browser(url);
  const token = new URL(setupUrl ?? "").hash.slice("#token=".length);
  const answer = await fresh.setUp(token, "ada", PASSWORD);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return fresh;
}

async function ask(sql: string, from = browser): Promise<SqlReply | Problem> {
  const answer = await from.ask("POST", `${CLUSTER}/sql`, { body: { sql } });
  return answer.status === 200 ? SqlReplySchema.parse(answer.json()) : Problem.parse(answer.json());
}

/** Runs a script to its end, the job of its last statement too; answers the rows of the last one that has some. */
async function run(sql: string, from = browser): Promise<SqlValue[][]> {
  const reply = await ask(`${sql}; SHOW CREDENTIAL *`, from);
  if (!("results" in reply)) throw new Error(`${sql}: ${JSON.stringify(reply)}`);
  expect(reply.stoppedBy, sql).toBeUndefined();
  const rows = reply.results.slice(0, -1).findLast((result) => result.kind === "rows");
  return rows?.kind === "rows" ? rows.rows : [];
}

async function refused(sql: string): Promise<string> {
  const reply = await ask(`${sql}; SHOW CREDENTIAL *`);
  if ("code" in reply) return reply.code;
  return reply.stoppedBy?.code ?? "nothing";
}

async function value(sql: string): Promise<SqlValue | undefined> {
  return (await run(sql))[0]?.[0];
}

async function checksum(database: string, table: string): Promise<string> {
  const answer = await browser.ask("POST", `${CLUSTER}/checksums`, { body: { database, table } });
  const { rows, checksum: sum } = answer.json() as { rows: number; checksum: string };
  return `${rows} rows ${sum}`;
}

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";

test("The use case of the backup SQL runs on a directory, from the data sink to a restore that brings every row back", async () => {
  const location = `LOCATION = 'FILE://${join(home, "database-backups")}'`;
  await run(`CREATE SCHEMA ops; CREATE DATA SINK ops.backups ${location}; CREATE DATA SOURCE ops.backups ${location}`);
  await run(`CREATE SCHEMA shop;
    CREATE TABLE shop.orders (id UInt64, what String) ENGINE = MergeTree ORDER BY id;
    CREATE TABLE shop.notes (note String) ENGINE = Log;
    CREATE VIEW shop.big AS SELECT * FROM shop.orders WHERE id > 5000;
    INSERT INTO shop.orders SELECT number, toString(number) FROM numbers(10000);
    INSERT INTO shop.notes VALUES ('one')`);
  const first = await checksum("shop", "orders");

  await run(`CREATE BACKUP shop_bk ${WITH} OBJECTS (ALL = shop) WITH OPTIONS (COMMENT = 'the first')`);
  await run(
    "INSERT INTO shop.orders SELECT number, 'more' FROM numbers(10000, 500); INSERT INTO shop.notes VALUES ('two')",
  );
  await run(`BACKUP shop_bk ${WITH}`);
  const [second, notes] = [await checksum("shop", "orders"), await checksum("shop", "notes")];

  const described = await run(`DESCRIBE BACKUP shop_bk ${FROM}`);
  expect(described.map((row) => [row[0], row[2], row[8], row[12]])).toEqual([
    ["shop_bk", "full", "ALL shop", "the first"],
    ["shop_bk", "incremental", "ALL shop", null],
  ]);
  const [fullId] = described.map((row) => row[1]);
  const shown = await run(`SHOW BACKUP * ${FROM}`);
  expect(shown).toEqual([[`CREATE BACKUP shop_bk ${WITH} OBJECTS (ALL = shop) WITH OPTIONS (COMMENT = 'the first')`]]);
  const tree = await readdir(join(home, "database-backups/shop_bk"));
  expect(tree.sort()).toEqual([...described.map((row) => String(row[1])), "ki_backup_info.json", "shop_bk.mdb"].sort());

  const restore = `RESTORE BACKUP shop_bk ${FROM} OBJECTS (ALL = shop)`;
  expect(await refused(restore)).toBe("restore-conflict");
  await run("DROP SCHEMA shop CASCADE");
  await run(restore);
  expect([await checksum("shop", "orders"), await checksum("shop", "notes")]).toEqual([second, notes]);
  expect(await value("SELECT toUInt32(count()) FROM shop.big")).toBe(5499);

  const older = `BACKUP_ID = ${fullId}, TARGET_SCHEMA_MAP = 'shop:then'`;
  await run(`RESTORE BACKUP shop_bk ${FROM} OBJECTS (TABLE = shop.orders) WITH OPTIONS (${older})`);
  expect(await checksum("then", "orders")).toBe(first);

  await run(`VERIFY BACKUP shop_bk ${FROM}`);
  await run(`ALTER BACKUP shop_bk ${WITH} MERGE`);
  expect((await run(`DESCRIBE BACKUP shop_bk ${FROM}`)).map((row) => row[2])).toEqual(["full"]);
  await run(`DROP TABLE shop.orders; ${restore} WITH OPTIONS (RESTORE_POLICY = 'replace')`);
  expect([await checksum("shop", "orders"), await checksum("shop", "notes")]).toEqual([second, notes]);

  await run(`DROP BACKUP shop_bk ${WITH}`);
  expect(await run(`SHOW BACKUP * ${FROM}`)).toEqual([]);
  expect(await readdir(join(home, "database-backups"))).not.toContain("shop_bk");
}, 180_000);
