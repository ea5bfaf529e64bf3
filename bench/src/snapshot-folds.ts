import { join } from "node:path";
import type { BenchStack } from "./bench-stack.ts";
import { noiseColumns, noiseRows } from "./noise.ts";
import { countRow, inBytes, inMs, type PageRow } from "./page-row.ts";
import { timed } from "./rounds.ts";
import { storedBelow, type Written, writtenBetween } from "./stored-files.ts";

/** A file for each column and part: two snapshots' worth of parts make some thousands of files. */
const COLUMNS = 100;
const PARTS = 10;
const ROWS = 200;
const WITH = "DATA SINK = ops.backups";

type Fold = Written & { readonly ms: number };

/** PURGE of the snapshot in the middle of three, then MERGE of those that are left: what they write, and how long their files take. */
export async function folds(stack: BenchStack, rounds: number): Promise<PageRow[]> {
  await stack.engine.command({ query: "CREATE DATABASE wide" });
  const purges: Fold[] = [];
  const merges: Fold[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const name = `folds_${round}`;
    const [, middle = ""] = await chainOfThree(stack, name);
    purges.push(await fold(stack, name, `ALTER BACKUP ${name} ${WITH} PURGE ${middle}`));
    merges.push(await fold(stack, name, `ALTER BACKUP ${name} ${WITH} MERGE`));
    await stack.console.job(`DROP BACKUP ${name} ${WITH}`);
  }
  return [...rowsOf("`PURGE`", purges), ...rowsOf("`MERGE`", merges)];
}

/** Three snapshots with as many files of their own each; answers their ids. */
async function chainOfThree({ console, engine }: BenchStack, name: string): Promise<string[]> {
  let from = 0;
  const table = `wide.${name}`;
  const settings = "min_bytes_for_wide_part = 0, min_rows_for_wide_part = 0";
  await engine.command({
    query: `CREATE TABLE ${table} (${noiseColumns(COLUMNS)}) ENGINE = MergeTree ORDER BY tuple() SETTINGS ${settings}`,
  });
  await engine.command({ query: `SYSTEM STOP MERGES ${table}` });
  for (const take of [`CREATE BACKUP ${name} ${WITH} OBJECTS (TABLE = ${table})`, increment(name), increment(name)]) {
    for (let part = 0; part < PARTS; part += 1) {
      await engine.command({ query: `INSERT INTO ${table} ${noiseRows(COLUMNS, ROWS, from)}` });
      from += ROWS;
    }
    await console.job(take);
  }
  const described = await console.run(`DESCRIBE BACKUP ${name} DATA SOURCE = ops.backups`);
  return described.map((row) => String(row[1]));
}

function increment(name: string): string {
  return `BACKUP ${name} TYPE = 'incremental' ${WITH}`;
}

async function fold({ console, backups }: BenchStack, name: string, sql: string): Promise<Fold> {
  const folder = join(backups, name);
  const before = await storedBelow(folder);
  const ms = await timed(() => console.job(sql));
  return { ...writtenBetween(before, await storedBelow(folder)), ms };
}

function rowsOf(what: string, done: readonly Fold[]): PageRow[] {
  const files = done.map(({ linked }) => linked);
  return [
    countRow(
      `${what}, for each 1,000 files (of ${Math.min(...files).toLocaleString("en")})`,
      done.map(({ ms, linked }) => (ms / linked) * 1_000),
      inMs,
    ),
    {
      ...countRow(
        `${what}: data written again`,
        done.map(({ dataBytes }) => dataBytes),
        inBytes,
      ),
      budget: "0 B",
    },
    countRow(
      `${what}: lists and accounts written`,
      done.map(({ accountBytes }) => accountBytes),
      inBytes,
    ),
  ];
}
