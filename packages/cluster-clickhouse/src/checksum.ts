import type { TableChecksum } from "@snapdeck/contract/cluster";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { ClusterParts } from "./cluster-parts.ts";
import { runningRanks } from "./running-ranks.ts";
import { TABLE_EXISTS } from "./sql.ts";
import { checksumText, scanTable } from "./table-scan.ts";

const Exists = z.object({ found: z.union([z.number(), z.string()]).transform(Number) });

/** @throws {SnapdeckError} `table-not-found`, `cluster-not-running`, `engine-failed`, ... */
export async function checksumTable(
  parts: ClusterParts,
  database: string,
  table: string,
  signal: AbortSignal,
): Promise<TableChecksum> {
  const startedAt = performance.now();
  const clients = await runningRanks(parts);
  const scans = await Promise.all(
    clients.map(async (client) => {
      const params = { database, table };
      const [exists] = await client.rows("looking for a table", Exists, TABLE_EXISTS, { params, signal });
      if (exists?.found !== 1) return undefined;
      return scanTable(client, database, table, { signal, asBackedUp: false });
    }),
  );
  const found = scans.flatMap((scan) => (scan === undefined ? [] : [scan]));
  if (found.length === 0) {
    throw new SnapdeckError("table-not-found", `cluster ${parts.name} has no table ${database}.${table}`);
  }
  const sum = found.reduce((total, scan) => total + scan.hashSum, 0n);
  return {
    database,
    table,
    rows: found.reduce((total, scan) => total + scan.rows, 0),
    checksum: checksumText(sum),
    tookMs: performance.now() - startedAt,
    observedAt: parts.clock(),
  };
}
