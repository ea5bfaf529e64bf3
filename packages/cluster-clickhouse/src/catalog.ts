import { z } from "zod";
import { EngineCount, MaybeCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { SELECT_DATABASES, SELECT_TABLES, SELECT_VERSION } from "./sql.ts";

const DatabaseRow = z.object({ name: z.string().min(1) });
const VersionRow = z.object({ version: z.string(), host: z.string(), uptime_seconds: EngineCount });

const TableRow = z
  .object({
    database: z.string(),
    name: z.string(),
    engine: z.string(),
    total_rows: MaybeCount,
    total_bytes: MaybeCount,
  })
  .transform(({ total_rows, total_bytes, ...row }) => ({ ...row, rows: total_rows, sizeBytes: total_bytes ?? 0 }));
export type CatalogTable = z.infer<typeof TableRow>;

export async function readVersion(client: RankClient): Promise<z.infer<typeof VersionRow>> {
  const [row] = await client.rows("telling its version", VersionRow, SELECT_VERSION, { timeoutMs: 5_000 });
  return VersionRow.parse(row);
}

/** The user's databases. */
export async function readDatabases(client: RankClient): Promise<string[]> {
  const rows = await client.rows("listing its databases", DatabaseRow, SELECT_DATABASES);
  return rows.map((row) => row.name);
}

/** The user's tables, with rows and bytes as the engine keeps them. */
export function readTables(client: RankClient): Promise<CatalogTable[]> {
  return client.rows("listing its tables", TableRow, SELECT_TABLES);
}
