import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { RankClient } from "./rank-client.ts";
import type { RankPair } from "./rank-restore.ts";
import { type ScannedTable, subjectOf } from "./rank-scan.ts";
import { dropDatabase, SELECT_SHOWN_TABLES, showBackup } from "./sql.ts";
import { checksumText, readColumns, scanColumns } from "./table-scan.ts";

const TableRow = z.object({ name: z.string() });

/**
 * Compares restored tables with what the engine reads in the backup itself, through a database of its engine Backup: so the contents
 * are compared with something even by the first proof of a backup. The engine shows tables of the MergeTree family alone, without
 * those behind materialized views; what it cannot show or read that way is left out and is no fault.
 * `onTable` hears of each table that was scanned.
 * @param destination of the rank's folder, as `File('a/b')`
 */
export async function faultsAgainstBackup(
  { client, rank }: RankPair,
  destination: string,
  restored: readonly ScannedTable[],
  signal: AbortSignal,
  onTable: (table: ScannedTable) => void,
): Promise<ProofFault[]> {
  const faults: ProofFault[] = [];
  for (const database of rank.databases) {
    const shown = nameBeside(rank.databases);
    try {
      if (!(await canShow(client, shown, database, destination))) continue;
      const rows = await client.rows("listing a backup's tables", TableRow, SELECT_SHOWN_TABLES, {
        params: { database: shown },
      });
      const names = new Set(rows.map(({ name }) => name));
      for (const table of restored) {
        if (table.rank !== rank.rank || table.database !== database || !names.has(table.table)) continue;
        const checksum = await checksumInBackup(client, shown, table, signal);
        onTable(table);
        if (checksum === undefined || checksum === table.checksum) continue;
        const detail = `on rank ${rank.rank} its rows give ${table.checksum}, and in the backup itself ${checksum}`;
        faults.push({ subject: subjectOf(table), fault: "contents", detail });
      }
    } finally {
      await client.run("closing a backup", dropDatabase(shown)).catch(() => undefined);
    }
  }
  return faults;
}

async function canShow(client: RankClient, name: string, database: string, destination: string): Promise<boolean> {
  return (await unlessRefused(client.run("opening a backup", showBackup(name, database, destination)))) !== "refused";
}

/** Undefined when the engine cannot read the table that way. */
async function checksumInBackup(
  client: RankClient,
  shown: string,
  { database, table }: ScannedTable,
  signal: AbortSignal,
): Promise<string | undefined> {
  const columns = await readColumns(client, database, table, { asBackedUp: true });
  const scan = await unlessRefused(scanColumns(client, shown, table, columns, { signal, asBackedUp: true }));
  return scan === "refused" ? undefined : checksumText(scan.hashSum);
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | "refused"> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "engine-failed") return "refused";
    throw thrown;
  }
}

function nameBeside(databases: readonly string[]): string {
  let name = "snapdeck_backup";
  while (databases.includes(name)) name += "_";
  return name;
}
