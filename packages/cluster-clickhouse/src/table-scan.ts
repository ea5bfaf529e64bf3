import { z } from "zod";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { SELECT_COLUMNS, SELECT_STORED_COLUMNS, scanStatement } from "./sql.ts";

/** Hashes are added up as 128-bit numbers. */
export const HASH_SPACE = 1n << 128n;

const ColumnRow = z.object({ name: z.string().min(1) });
const ScanRow = z
  .object({ rows: EngineCount, hash_sum: z.string().nullable() })
  .transform(({ rows, hash_sum }) => ({ rows, hashSum: BigInt(hash_sum ?? "0") }));

export type TableScan = z.infer<typeof ScanRow>;

/** A sum of hashes as it is written down and compared. */
export function checksumText(hashSum: bigint): string {
  return (hashSum % HASH_SPACE).toString(16).padStart(32, "0");
}

/**
 * Counts and hashes every row of a table on one rank, every stored column read. `asBackedUp` looks at what the files hold, as a backup
 * does: rows that a lightweight delete only masked count too, and columns that were added later and are computed for older parts,
 * perhaps from the time of day, are left out. Only such scans can be compared over time.
 */
export async function scanTable(
  client: RankClient,
  database: string,
  table: string,
  options: { signal?: AbortSignal; asBackedUp: boolean },
): Promise<TableScan> {
  const columns = await readColumns(client, database, table, options);
  return scanColumns(client, database, table, columns, options);
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
  options: { signal?: AbortSignal; asBackedUp: boolean },
): Promise<TableScan> {
  const statement = scanStatement(database, table, columns);
  const [scan] = await client.rows(`reading ${database}.${table}`, ScanRow, statement, {
    timeoutMs: "long",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.asBackedUp ? { settings: { apply_deleted_mask: 0 } } : {}),
  });
  return scan ?? { rows: 0, hashSum: 0n };
}
