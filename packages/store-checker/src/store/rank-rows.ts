import type { Manifest } from "@snapdeck/contract/manifest";
import type { EngineFile } from "./engine-list.ts";
import { tableOf } from "./rank-tables.ts";
import { type BackupPlace, brokenIn, placeOf, type StoreLook } from "./store-look.ts";
import { readWhole } from "./stored-file.ts";

/** Digits of a number of rows, and no more. */
const MAX_COUNT_BYTES = 64;

type Counts = { parts: number; counted: string[]; whole: string | undefined };

/**
 * Compares the rows that the manifest gives a table with what the engine wrote beside them: `count.txt` of every part, or of the whole
 * table. Where that is not complete nothing can be said; a patch part counts rows that others count already.
 */
export async function checkRows(
  look: StoreLook,
  place: BackupPlace,
  folder: string,
  { tables }: Manifest["ranks"][number],
  listed: ReadonlyMap<string, EngineFile>,
): Promise<void> {
  const counts = await countFiles(look, listed);
  for (const { database, table, rows } of tables) {
    const found = counts.get(`${database}.${table}`);
    const files = found?.whole === undefined ? found?.counted : [found.whole];
    const isComplete = found?.whole !== undefined || (found !== undefined && found.counted.length === found.parts);
    if (rows === undefined || files === undefined || files.length === 0 || !isComplete) continue;
    look.findings.looked("I5");
    const counted = await sumOf(look, folder, files, listed);
    if (counted === rows || counted === undefined) continue;
    const detail = `has ${rows} rows in the manifest, and the engine counted ${counted}`;
    brokenIn(look, place, { invariant: "I5", kind: "rows-differ", subject: `${folder}, ${database}.${table}`, detail });
  }
}

async function countFiles(look: StoreLook, listed: ReadonlyMap<string, EngineFile>): Promise<Map<string, Counts>> {
  const tables = new Map<string, Counts>();
  for (const path of listed.keys()) {
    if (look.pace.isDue) await look.pace.breathe();
    const [root, database = "", table = "", part = "", leaf, ...deeper] = path.split("/");
    if (root !== "data" || deeper.length > 0) continue;
    const name = tableOf(database, table);
    const counts = tables.get(name) ?? { parts: 0, counted: [], whole: undefined };
    tables.set(name, counts);
    if (leaf === undefined && part === "count.txt") counts.whole = path;
    if (leaf === undefined || part.startsWith("patch-")) continue;
    if (leaf === "columns.txt") counts.parts += 1;
    if (leaf === "count.txt") counts.counted.push(path);
  }
  return tables;
}

/** Undefined when one of them cannot be read as a number; what is wrong with it was said when its file was looked at. */
async function sumOf(
  look: StoreLook,
  folder: string,
  files: readonly string[],
  listed: ReadonlyMap<string, EngineFile>,
): Promise<number | undefined> {
  let sum = 0;
  for (const path of files) {
    const holder = listed.get(path)?.bytesIn ?? path;
    const bytes = await readWhole(placeOf(look, `${folder}/${holder}`), MAX_COUNT_BYTES).catch(() => undefined);
    const digits = bytes?.toString("latin1").trim();
    if (digits === undefined || !/^\d{1,15}$/.test(digits)) return undefined;
    sum += Number(digits);
  }
  return sum;
}
