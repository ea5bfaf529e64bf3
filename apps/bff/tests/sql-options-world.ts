import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OptionTable } from "@snapdeck/backup-sql/options/option-table";
import { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { SqlValue } from "@snapdeck/contract/sql";
import { ask, checksum, refused, run, type SqlStack } from "./sql-stack-world.ts";
import type { Browser } from "./world/browser.ts";

/** What an option does, as an operator would say it, and the test of it. */
export type Effect = readonly [sentence: string, proof: (shop: Shop) => Promise<void>];

/** For each option of a statement what it does: one that is left out is an error of type. */
export type Effects<T> = Record<keyof T, Effect>;

/** As tests are named: each option, and what it does. */
export function namedEffects(
  table: OptionTable,
  effects: Readonly<Record<string, Effect>>,
): (readonly [sentence: string, proof: Effect[1]])[] {
  return Object.entries(table).map(([key, { sql }]) => {
    const [sentence, proof] = effects[key] ?? [];
    if (sentence === undefined || proof === undefined) throw new Error(`no test says what ${sql} does`);
    return [`${sql} ${sentence}`, proof];
  });
}

export const WITH = "DATA SINK = ops.backups";
export const FROM = "DATA SOURCE = ops.backups";

let shops = 0;

/** A schema with a table of 100 rows, and a name for its backup. */
export class Shop {
  readonly browser: Browser;
  readonly backups: string;
  readonly schema: string;
  readonly backup: string;
  readonly create: string;
  #rows = 100;

  private constructor(browser: Browser, backups: string, number: number) {
    this.browser = browser;
    this.backups = backups;
    this.schema = `shop_${number}`;
    this.backup = `backup_${number}`;
    this.create = `CREATE BACKUP ${this.backup} ${WITH} OBJECTS (ALL = ${this.schema})`;
  }

  static async open(browser: Browser, stack: SqlStack): Promise<Shop> {
    const shop = new Shop(browser, stack.backups, shops++);
    await shop.run(
      `CREATE SCHEMA ${shop.schema};
      CREATE TABLE ${shop.schema}.orders (id UInt64, what String) ENGINE = MergeTree ORDER BY id
      AS SELECT number AS id, 'first' AS what FROM numbers(100)`,
    );
    return shop;
  }

  run(sql: string): Promise<SqlValue[][]> {
    return run(this.browser, sql);
  }

  /** The code that a statement is refused with. */
  refused(sql: string): Promise<string> {
    return refused(this.browser, sql);
  }

  /** Some new rows. */
  async insert(): Promise<void> {
    await this.run(`INSERT INTO ${this.schema}.orders SELECT number, 'more' FROM numbers(${this.#rows}, 10)`);
    this.#rows += 10;
  }

  /** What the table holds. */
  orders(schema = this.schema): Promise<string> {
    return checksum(this.browser, `${schema}.orders`);
  }

  /** With new rows first. */
  async incremental(options = ""): Promise<void> {
    await this.insert();
    await this.run(`BACKUP ${this.backup} ${WITH} ${options}`);
  }

  /** The rows of DESCRIBE BACKUP. */
  describe(): Promise<SqlValue[][]> {
    return this.run(`DESCRIBE BACKUP ${this.backup} ${FROM}`);
  }

  async kinds(): Promise<SqlValue[]> {
    return (await this.describe()).map((row) => row[2] ?? null);
  }

  async ids(): Promise<number[]> {
    return (await this.describe()).map((row) => Number(row[1]));
  }

  async comments(): Promise<SqlValue[]> {
    return (await this.describe()).map((row) => row[12] ?? null);
  }

  /** How far each snapshot is proven, as its store says. */
  async proofs(): Promise<string[]> {
    const text = await readFile(join(this.backups, this.backup, "ki_backup_info.json"), "utf8");
    return DatabaseBackupInfo.parse(JSON.parse(text)).snapshots.map(({ proof }) => proof.level);
  }

  /** Every file of the store. */
  async files(): Promise<string[]> {
    return (await readdir(this.backups, { recursive: true })).sort();
  }

  /** The warning of the job that a statement began. */
  async warning(sql: string): Promise<string | undefined> {
    const reply = await ask(this.browser, `${sql}; SHOW CREDENTIAL *`);
    const result = "results" in reply ? reply.results[0] : undefined;
    const state = result?.kind === "job" ? result.job.state : undefined;
    const evidence = state?.name === "succeeded" ? state.evidence : undefined;
    return evidence?.kind === "database-backup" ? evidence.warning : undefined;
  }

  restore(options: string): string {
    return `RESTORE BACKUP ${this.backup} ${FROM} OBJECTS (ALL = ${this.schema}) WITH OPTIONS (${options})`;
  }

  /** What the newest snapshot, or the one of an id, restores to; in another schema, which is dropped again. */
  async restored(id?: number): Promise<string> {
    const then = `${this.schema}_then`;
    const which = id === undefined ? "" : `, BACKUP_ID = ${id}`;
    await this.run(this.restore(`TARGET_SCHEMA_MAP = '${this.schema}:${then}'${which}`));
    const held = await this.orders(then);
    await this.run(`DROP SCHEMA ${then} CASCADE`);
    return held;
  }
}
