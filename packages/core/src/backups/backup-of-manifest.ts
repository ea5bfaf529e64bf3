import type { Backup } from "@snapdeck/contract/backup";
import type { ManifestTable } from "@snapdeck/contract/manifest";
import type { ListedBackup } from "../ports/cluster.ts";
import { standingOf } from "./proof-standing.ts";

/** What the list shows of a backup: sums over its ranks. */
export function backupOfManifest({ manifest, manifestSha256, proofs }: ListedBackup): Backup {
  const tables = tablesOf(manifest.ranks.flatMap((rank) => rank.tables));
  return {
    id: manifest.backupId,
    clusterId: manifest.clusterId,
    takenAt: manifest.takenAt,
    completedAt: manifest.completedAt,
    tookMs: manifest.tookMs,
    sizeBytes: sum(manifest.ranks.map((rank) => rank.sizeBytes)),
    files: sum(manifest.ranks.map((rank) => rank.files.length)),
    databases: new Set(manifest.ranks.flatMap((rank) => rank.databases)).size,
    tables: tables.length,
    rows: sum(tables.map((table) => table.rows ?? 0)),
    ranks: manifest.ranks.length,
    engineVersion: manifest.engine.version,
    requestedBy: manifest.requestedBy,
    manifestSha256,
    ...standingOf({ level: manifest.proof.level, provenAt: manifest.proof.provenAt }, proofs),
  };
}

/** The tables of all ranks, each once, rows summed; rows are known only where every rank counted them. */
export function tablesOf(ofRanks: readonly ManifestTable[]): ManifestTable[] {
  const byName = new Map<string, ManifestTable>();
  for (const table of ofRanks) {
    const key = JSON.stringify([table.database, table.table]);
    const before = byName.get(key);
    byName.set(key, before === undefined ? table : joined(before, table));
  }
  return [...byName.values()];
}

function joined({ rows: before, ...table }: ManifestTable, { rows }: ManifestTable): ManifestTable {
  return before === undefined || rows === undefined ? table : { ...table, rows: before + rows };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
