import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import { readDatabases, readTables } from "./catalog.ts";
import { faultOfEngine } from "./engine-fault.ts";
import type { RankPair } from "./rank-restore.ts";
import { holdsRows } from "./restore-check.ts";
import { checksumText, readRows, scanTable } from "./table-scan.ts";

export type ScannedTable = NonNullable<ProofRecord["tables"]>[number];

/** What a full scan of restored ranks gave: rows and checksum of each table that was hashed, and what is other than the manifest says. */
export type Scans = { readonly tables: ScannedTable[]; readonly faults: ProofFault[] };

/** What the newest passed L3 by the same version of the engine scanned; nothing where there is none. */
export function earlierScan(proofs: readonly ProofRecord[], engineVersion: string): readonly ScannedTable[] {
  const isComparable = (record: ProofRecord) =>
    record.level === "L3" && record.faultsTotal === 0 && record.engineVersion === engineVersion;
  return proofs.findLast(isComparable)?.tables ?? [];
}

/** `database.table`, as faults name a table. */
export function subjectOf({ database, table }: { database: string; table: string }): string {
  return `${database}.${table}`;
}

/**
 * Compares what was restored on one rank with the manifest: the same databases and tables, every stored column of every table read in
 * full, and as many rows. Goes on after a fault. `onTable` hears of each table that was scanned.
 * @param depth hashed: each row is hashed as well, which takes several times as long
 * @throws {SnapdeckError} what says nothing of the backup: `rank-lost`, `cluster-unreachable`, `disk-full`, ...
 */
export async function scanRank(
  { client, rank }: RankPair,
  signal: AbortSignal,
  onTable: (table: Manifest["ranks"][number]["tables"][number]) => void,
  depth: "read" | "hashed",
): Promise<Scans> {
  const tables: ScannedTable[] = [];
  const faults = await faultsInCatalog({ client, rank });
  const missing = new Set(faults.map(({ subject }) => subject));
  for (const table of rank.tables) {
    const { database, table: name } = table;
    if (missing.has(subjectOf(table)) || missing.has(database)) continue;
    if (table.rows === undefined && !holdsRows(rank, database, name)) continue;
    try {
      const options = { signal, asBackedUp: true };
      const scan = depth === "hashed" ? await scanTable(client, database, name, options) : undefined;
      const rows = scan?.rows ?? (await readRows(client, database, name, options));
      if (scan !== undefined)
        tables.push({ rank: rank.rank, database, table: name, rows, checksum: checksumText(scan.hashSum) });
      if (table.rows !== undefined && rows !== table.rows) {
        const detail = `on rank ${rank.rank} it has ${rows} rows, and the backup holds ${table.rows}`;
        faults.push({ subject: subjectOf(table), fault: "rows", detail });
      }
    } catch (thrown) {
      const detail = `on rank ${rank.rank} it cannot be read in full after it was restored: ${faultOfEngine(thrown)}`;
      faults.push({ subject: subjectOf(table), fault: "unreadable", detail });
    }
    onTable(table);
  }
  return { tables, faults };
}

async function faultsInCatalog({ client, rank }: RankPair): Promise<ProofFault[]> {
  const [databases, tables] = await Promise.all([readDatabases(client), readTables(client)]);
  const expected = new Set(rank.tables.map(subjectOf));
  const found = new Set(tables.map(({ database, name }) => subjectOf({ database, table: name })));
  // A database that every engine has may be there without having been in the backup.
  const lost = rank.databases.filter((database) => !databases.includes(database));
  const notThere = [...expected].filter((table) => !found.has(table));
  const notListed = [...found].filter((table) => !expected.has(table));
  return [
    ...[...lost, ...notThere].map((subject): ProofFault => {
      return { subject, fault: "restore", detail: `it was not restored on rank ${rank.rank}` };
    }),
    ...notListed.map((subject): ProofFault => {
      return { subject, fault: "extra", detail: `it was restored on rank ${rank.rank} and is not in the manifest` };
    }),
  ];
}

/** Tables whose contents are other than those that an earlier scan of the same backup gave. */
export function contentFaults(tables: readonly ScannedTable[], earlier: readonly ScannedTable[]): ProofFault[] {
  const keyOf = ({ rank, database, table }: ScannedTable) => JSON.stringify([rank, database, table]);
  const found = new Map(tables.map((table) => [keyOf(table), table]));
  return earlier.flatMap((then): ProofFault[] => {
    const now = found.get(keyOf(then));
    // One that could not be scanned now is a fault already.
    if (now === undefined || (now.checksum === then.checksum && now.rows === then.rows)) return [];
    const detail = `on rank ${then.rank} its ${now.rows} rows give ${now.checksum}, and an earlier proof got ${then.checksum} of ${then.rows}`;
    return [{ subject: subjectOf(then), fault: "contents", detail }];
  });
}
