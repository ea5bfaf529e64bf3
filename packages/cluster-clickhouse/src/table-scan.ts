import { z } from "zod";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { readStatement, SELECT_COLUMNS, SELECT_STORED_COLUMNS, scanStatement } from "./sql.ts";

/** Hashes are added up as 128-bit numbers. */
export const HASH_SPACE = 1n << 128n;

const ColumnRow = z.object({ name: z.string().min(1) });
const RowCount = z.object({ rows: EngineCount });
const ScanRow = z
  .object({ rows: EngineCount, hash_sum: z.string().nullable() })
  .transform(({ rows, hash_sum }) => ({ rows, hashSum: BigInt(hash_sum ?? "0") }));

export type TableScan = z.infer<typeof ScanRow>;

/** A sum of hashes as it is written down and compared. */
export function checksumText(hashSum: bigint): string {
  return (hashSum % HASH_SPACE).toString(16).padStart(32, "0");
}

/** What is looked at. Rows that a lightweight delete only masked count too when it is looked at `asBackedUp`. */
type ScanOptions = { readonly signal?: AbortSignal; readonly asBackedUp: boolean };

/**
 * Counts and hashes every row of a table on one rank, every stored column read. `asBackedUp` looks at what the files hold, as a backup
 * does: rows that a lightweight delete only masked count too, and columns that were added later and are computed for older parts,
 * perhaps from the time of day, are left out. Only such scans can be compared over time.
 */
export async function scanTable(
  client: RankClient,
  database: string,
  table: string,
  options: ScanOptions,
): Promise<TableScan> {
  const columns = await readColumns(client, database, table, options);
  return scanColumns(client, database, table, columns, options);
}

/**
 * Counts every row of a table by reading all that is stored of it, as {@link scanTable} does, without hashing it: the engine compares each
 * block with the checksum that stands before it, so what is short or changed is found all the same.
 */
export async function readRows(
  client: RankClient,
  database: string,
  table: string,
  options: ScanOptions,
): Promise<number> {
  const statement = readStatement(database, table, await readColumns(client, database, table, options));
  const [read] = await client.rows(`reading ${database}.${table}`, RowCount, statement, requestOf(options));
  return read?.rows ?? 0;
}

export async function readColumns(
  client: RankClient,
  database: string,
  table: string,
  { asBackedUp }: { asBackedUp: boolean },
): Promise<string[]> {
  const statement = asBackedUp ? SELECT_STORED_COLUMNS : SELECT_COLUMNS;
  const columns = await client.rows("listing columns", ColumnRow, statement, { params: { database, table } });
  return columns.map((column) => column.name);
}

export async function scanColumns(
  client: RankClient,
  database: string,
  table: string,
  columns: readonly string[],
  options: ScanOptions,
): Promise<TableScan> {
  const statement = scanStatement(database, table, columns);
  const [scan] = await client.rows(`reading ${database}.${table}`, ScanRow, statement, requestOf(options));
  return scan ?? { rows: 0, hashSum: 0n };
}

function requestOf({ signal, asBackedUp }: ScanOptions) {
  return {
    timeoutMs: "long",
    ...(signal === undefined ? {} : { signal }),
    ...(asBackedUp ? { settings: { apply_deleted_mask: 0 } } : {}),
  } as const;
}
