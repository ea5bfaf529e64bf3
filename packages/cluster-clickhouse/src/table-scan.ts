import { z } from "zod";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { SELECT_COLUMNS, scanStatement } from "./sql.ts";

const ColumnRow = z.object({ name: z.string().min(1) });
const ScanRow = z
  .object({ rows: EngineCount, hash_sum: z.string().nullable() })
  .transform(({ rows, hash_sum }) => ({ rows, hashSum: BigInt(hash_sum ?? "0") }));

export type TableScan = z.infer<typeof ScanRow>;

/**
 * Counts and hashes every row of a table on one rank, every stored column read. Rows that a lightweight delete only masked count
 * too, as they do in a backup's own numbers.
 */
export async function scanTable(
  client: RankClient,
  database: string,
  table: string,
  options: { signal?: AbortSignal; withMaskedRows: boolean },
): Promise<TableScan> {
  const columns = await client.rows("listing columns", ColumnRow, SELECT_COLUMNS, { params: { database, table } });
  const statement = scanStatement(
    database,
    table,
    columns.map((column) => column.name),
  );
  const [scan] = await client.rows(`reading ${database}.${table}`, ScanRow, statement, {
    timeoutMs: "long",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.withMaskedRows ? { settings: { apply_deleted_mask: 0 } } : {}),
  });
  return scan ?? { rows: 0, hashSum: 0n };
}
