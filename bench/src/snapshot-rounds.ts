import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BenchStack } from "./bench-stack.ts";
import { noiseColumns, noiseRows } from "./noise.ts";
import { countRow, inBytes, msRows, type PageRow } from "./page-row.ts";
import { interleaved, median, timed } from "./rounds.ts";
import { storedBelow, type Written, writtenBetween } from "./stored-files.ts";

const run = promisify(execFile);
const COLUMNS = 3;
const WITH = "DATA SINK = ops.backups";
const ENGINE = "engine's `BACKUP`, then `sync`";
const FULL = "full snapshot, pressed to listed";
const APPENDED = "incremental after 10 % more rows";
const NOTHING = "incremental when nothing changed";

/** The backup that the rounds leave: one full snapshot of `rows` rows of noise, and what the restores compare themselves with. */
export type TakenBackup = { readonly name: string; readonly folder: string };

/** Fills the table that is backed up: 24 bytes of noise a row, in one part. */
export async function makeNoise({ engine }: BenchStack, rows: number): Promise<void> {
  await engine.command({ query: "CREATE DATABASE noise" });
  await engine.command({
    query: `CREATE TABLE noise.numbers (${noiseColumns(COLUMNS)}) ENGINE = MergeTree ORDER BY tuple()`,
  });
  await engine.command({ query: `INSERT INTO noise.numbers ${noiseRows(COLUMNS, rows)}` });
  await engine.command({ query: "OPTIMIZE TABLE noise.numbers FINAL" });
  // A merge in between would be a change of its own.
  await engine.command({ query: "SYSTEM STOP MERGES noise.numbers" });
}

/** Full snapshots beside the engine's own BACKUP of the same tables. The last one stays. */
export async function fullSnapshots(
  { console, engine, backups }: BenchStack,
  rounds: number,
): Promise<{ rows: PageRow[]; last: TakenBackup }> {
  const raw = join(backups, "raw");
  const results = await interleaved(rounds, {
    [ENGINE]: async () => {
      const took = await timed(async () => {
        await engine.command({ query: `BACKUP DATABASE noise TO File('${raw}')` });
        await run("sync");
      });
      await rm(raw, { recursive: true });
      return took;
    },
    [FULL]: async (round) => {
      const took = await timed(() => console.job(`CREATE BACKUP full_${round} ${WITH} OBJECTS (ALL = noise)`));
      // Right behind the clock, as above: so each begins behind a removal of as many bytes.
      if (round < rounds - 1) await console.job(`DROP BACKUP full_${round} ${WITH}`);
      return took;
    },
  });
  const name = `full_${rounds - 1}`;
  return { rows: msRows(results, ENGINE, { [FULL]: "1.15 x" }), last: { name, folder: join(backups, name) } };
}

/** Incrementals, on and on in one chain: after rows came, and again when nothing has. Adds to the table. */
export async function incrementals(stack: BenchStack, rounds: number, appended: number): Promise<PageRow[]> {
  const { console, engine, backups } = stack;
  await console.job(`CREATE BACKUP chain ${WITH} OBJECTS (ALL = noise)`);
  const folder = join(backups, "chain");
  const changed: number[] = [];
  const ratios: number[] = [];
  const written: Written[] = [];
  const take = async () => {
    const before = await storedBelow(folder);
    const took = await timed(() => console.job(`BACKUP chain TYPE = 'incremental' ${WITH}`));
    written.push(writtenBetween(before, await storedBelow(folder)));
    return took;
  };
  const results = await interleaved(rounds, {
    [APPENDED]: async (round) => {
      const before = await partBytes(stack);
      await engine.command({ query: `INSERT INTO noise.numbers ${noiseRows(COLUMNS, appended, (round + 1) * 1e9)}` });
      const grown = (await partBytes(stack)) - before;
      const took = await take();
      const { dataBytes = 0, accountBytes = 0 } = written.at(-1) ?? {};
      changed.push(grown);
      ratios.push((dataBytes + accountBytes) / grown);
      return took;
    },
    [NOTHING]: take,
  });
  const idle = written.filter((_, at) => at % 2 === 1).map(({ dataBytes, accountBytes }) => dataBytes + accountBytes);
  await console.job(`DROP BACKUP chain ${WITH}`);
  return [
    ...msRows(results, undefined, { [NOTHING]: "1,000 ms" }),
    {
      ...countRow(`${APPENDED}: bytes written, to the ${inBytes(median(changed))} of new parts`, ratios, inTimes),
      budget: "1.1 x",
    },
    countRow(`${NOTHING}: bytes written`, idle, inBytes),
  ];
}

/** What the parts of the table take on the disk. */
async function partBytes({ engine }: BenchStack): Promise<number> {
  const query = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'noise'";
  const answer = await engine.query({ query, format: "TabSeparated" });
  return Number(await answer.text());
}

function inTimes(value: number): string {
  return `${value.toFixed(3)} x`;
}
