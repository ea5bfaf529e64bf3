import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TableChecksum } from "@snapdeck/contract/cluster";
import { Problem } from "@snapdeck/contract/problem";
import { type SqlReply, SqlReply as SqlReplySchema, type SqlValue } from "@snapdeck/contract/sql";
import { expect, vi } from "vitest";
import { compose } from "../src/compose.ts";
import { Config } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import type { Serving } from "../src/start/serve.ts";
import { Browser } from "./world/browser.ts";
import { EmbeddedCluster } from "./world/embedded-cluster.ts";
import { PASSWORD } from "./world/start-world.ts";

export const CLUSTER = "/api/clusters/local";

/** A bucket, and who may write there. */
export type S3Bucket = {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
};

/** A cluster with consoles over it, all in one directory; ended after the tests of the file. */
export class SqlStack {
  readonly #home: string;
  readonly #cluster: EmbeddedCluster;
  readonly #serving: Serving[] = [];

  private constructor(home: string, cluster: EmbeddedCluster) {
    this.#home = home;
    this.#cluster = cluster;
  }

  static async start(ranks: number): Promise<SqlStack> {
    const home = await mkdtemp(join(tmpdir(), "snapdeck-sql-"));
    return new SqlStack(home, await EmbeddedCluster.start(home, ranks));
  }

  get backups(): string {
    return join(this.#home, "database-backups");
  }

  /** An admin of a console with a state of its own; consoles of the same `keys` trust each other's signatures. */
  async console(name: string, keys = "keys", s3Endpoints: readonly string[] = []): Promise<Browser> {
    const config = Config.parse({
      port: 0,
      stateDir: join(this.#home, `state-${name}`),
      keysDir: join(this.#home, keys),
      limits: { changesPerMinute: 10_000 },
      cluster: {
        id: "local",
        name: "local",
        hostUrl: this.#cluster.hostUrl,
        hostTokenFile: this.#cluster.hostTokenFile,
        storeRoot: join(this.#home, "store"),
        databaseBackupRoots: [this.backups],
        s3Endpoints,
      },
    });
    const serving = await compose(config, createLog("fatal"), "0.1.0");
    this.#serving.push(serving);
    const browser = new Browser(serving.url);
    const token = new URL(serving.setupUrl ?? "").hash.slice("#token=".length);
    expect((await browser.setUp(token, "ada", PASSWORD)).status).toBe(201);
    await vi.waitFor(async () => expect(await run(browser, "SELECT 1")).toEqual([[1]]), {
      timeout: 60_000,
      interval: 100,
    });
    return browser;
  }

  /** With a sink and a source `ops.backups` that lead to the directory of database backups. */
  async consoleWithStore(name: string, keys?: string): Promise<Browser> {
    const browser = await this.console(name, keys);
    const location = `LOCATION = 'FILE://${this.backups}'`;
    await run(browser, `CREATE SCHEMA IF NOT EXISTS ops; CREATE DATA SINK ops.backups ${location}`);
    await run(browser, `CREATE DATA SOURCE ops.backups ${location}`);
    return browser;
  }

  /** The same two, leading to a bucket of an S3 server on this machine. */
  async consoleOnS3(name: string, { url, accessKeyId, secretAccessKey, bucket }: S3Bucket): Promise<Browser> {
    const browser = await this.console(name, "keys", [url]);
    const location = `LOCATION = 'S3://${new URL(url).host}'`;
    const options = `BUCKET NAME = '${bucket}', USE_HTTPS = FALSE, S3_USE_VIRTUAL_ADDRESSING = FALSE, CREDENTIAL = 'ops.key'`;
    await run(
      browser,
      `CREATE SCHEMA IF NOT EXISTS ops;
      CREATE CREDENTIAL ops.key TYPE = 'aws_access_key', IDENTITY = '${accessKeyId}', SECRET = '${secretAccessKey}';
      CREATE DATA SINK ops.backups ${location} WITH OPTIONS (${options});
      CREATE DATA SOURCE ops.backups ${location} WITH OPTIONS (${options})`,
    );
    return browser;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const serving of this.#serving) await serving.stop();
    await this.#cluster.stop();
    await rm(this.#home, { recursive: true, force: true });
  }
}

export async function ask(browser: Browser, sql: string): Promise<SqlReply | Problem> {
  const answer = await browser.ask("POST", `${CLUSTER}/sql`, { body: { sql } });
  return answer.status === 200 ? SqlReplySchema.parse(answer.json()) : Problem.parse(answer.json());
}

/** Runs a script to its end, the job of its last statement too; answers the rows of the last one that has some. */
export async function run(browser: Browser, sql: string): Promise<SqlValue[][]> {
  const reply = await ask(browser, `${sql}; SHOW CREDENTIAL *`);
  if (!("results" in reply)) throw new Error(`${sql}: ${JSON.stringify(reply)}`);
  expect(reply.stoppedBy, sql).toBeUndefined();
  const rows = reply.results.slice(0, -1).findLast((result) => result.kind === "rows");
  return rows?.kind === "rows" ? rows.rows : [];
}

export async function refused(browser: Browser, sql: string): Promise<string> {
  const reply = await ask(browser, `${sql}; SHOW CREDENTIAL *`);
  if ("code" in reply) return reply.code;
  return reply.stoppedBy?.code ?? "nothing";
}

export async function checksum(browser: Browser, table: string): Promise<string> {
  const [database, name] = table.split(".");
  const answer = await browser.ask("POST", `${CLUSTER}/checksums`, { body: { database, table: name } });
  const { rows, checksum: sum } = TableChecksum.parse(answer.json());
  return `${rows} rows ${sum}`;
}
