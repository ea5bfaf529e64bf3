import { Backup } from "@snapdeck/contract/backup";
import { whyNot } from "../store/read-manifest.ts";
import type { StateLook } from "./look-at-state.ts";
import { CatalogRow, pagedRows } from "./state-rows.ts";
import type { CatalogEntry } from "./state-view.ts";

/** Proves that every row of the catalog can be read and is found by what it says; answers them by `<cluster>/<backup>`. */
export async function readCatalog(look: StateLook): Promise<Map<string, CatalogEntry>> {
  const catalog = new Map<string, CatalogEntry>();
  const rows = pagedRows(look.reader, look.pace, {
    table: "backups",
    row: CatalogRow,
    by: ["cluster_id", "backup_id"],
  });
  for await (const row of rows) {
    const key = `${row.cluster_id}/${row.backup_id}`;
    look.findings.looked("I6");
    const listed = read(row);
    catalog.set(key, { clusterId: row.cluster_id, shown: typeof listed === "string" ? undefined : listed });
    if (typeof listed === "string") {
      const broken = {
        invariant: "I6" as const,
        kind: "catalog-unreadable",
        subject: `catalog row ${key}`,
        backup: key,
      };
      look.findings.broken({ ...broken, detail: listed });
    }
  }
  return catalog;
}

function read(row: CatalogRow): Backup | string {
  try {
    const listed = Backup.parse(JSON.parse(row.backup));
    const isFoundAsItIs =
      listed.clusterId === row.cluster_id &&
      listed.id === row.backup_id &&
      listed.takenAt === row.taken_at &&
      listed.sizeBytes === row.size_bytes;
    return isFoundAsItIs ? listed : "is found by other ids, another time or another size than it shows";
  } catch (thrown) {
    return `cannot be read: ${whyNot(thrown)}`;
  }
}
