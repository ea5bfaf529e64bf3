import { cpus, loadavg, release } from "node:os";
import { parseArgs } from "node:util";
import { databaseBackups } from "./database-backups.ts";
import { pageTable } from "./page-row.ts";
import { systemBackups } from "./system-backups.ts";
import { writeToPage } from "./write-to-page.ts";

/** 24 bytes of noise a row, which no codec makes smaller: about 720 MB on disk. */
const ROWS = 30_000_000;

const PARTS = { system: systemBackups, database: databaseBackups } as const;

/**
 * `--only system` or `--only database` measures one part, `--rows 100000` with less data, to try it; `--write` puts the tables into
 * docs/benchmarks.md.
 */
const { values } = parseArgs({
  options: { only: { type: "string" }, rows: { type: "string" }, write: { type: "boolean", default: false } },
});
const rows = Number(values.rows ?? ROWS);
if (!Number.isSafeInteger(rows) || rows < 1) throw new Error("--rows is a whole number");
const { only } = values;
if (only !== undefined && !(only in PARTS)) throw new Error("--only is system or database");
for (const part of ["system", "database"] as const) {
  if (only !== undefined && only !== part) continue;
  const text = `${conditions(rows)}\n\n${pageTable(await PARTS[part](rows))}`;
  process.stdout.write(`${text}\n\n`);
  if (values.write) await writeToPage(part, text);
}

/** What the numbers hang on, the load of the minute before it began among it. */
function conditions(count: number): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, Linux ${release()}`;
  const size = `${((count * 24) / 1e6).toLocaleString("en")} MB of noise in one MergeTree table, one rank`;
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}, Node ${process.version}, about ${size}.`;
}
