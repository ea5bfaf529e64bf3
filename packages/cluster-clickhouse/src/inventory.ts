import type { Database, Inventory, Table } from "@snapdeck/contract/cluster";
import { type CatalogTable, readDatabases, readTables } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import { runningRanks } from "./running-ranks.ts";

/** @throws {SnapdeckError} `cluster-not-running`, `cluster-unreachable`, `rank-lost` */
export async function readInventory(parts: ClusterParts): Promise<Inventory> {
  const clients = await runningRanks(parts);
  const ranks = await Promise.all(
    clients.map(async (client) => {
      const [databases, tables] = await Promise.all([readDatabases(client), readTables(client)]);
      return { databases, tables };
    }),
  );
  const names = [...new Set(ranks.flatMap((rank) => rank.databases))].sort();
  const databases = names.map((name) =>
    sumDatabase(
      name,
      ranks.flatMap((rank) => rank.tables),
    ),
  );
  return {
    observedAt: parts.clock(),
    live: true,
    databases,
    rows: databases.reduce((sum, database) => sum + database.rows, 0),
    sizeBytes: databases.reduce((sum, database) => sum + database.sizeBytes, 0),
  };
}

/** A table stands on several ranks; its rows and bytes are those of all of them. */
function sumDatabase(name: string, all: readonly CatalogTable[]): Database {
  const tables = new Map<string, Table>();
  for (const found of all) {
    if (found.database !== name) continue;
    const before = tables.get(found.name) ?? { name: found.name, engine: found.engine, sizeBytes: 0 };
    const rows = found.rows === undefined ? before.rows : (before.rows ?? 0) + found.rows;
    tables.set(found.name, {
      ...before,
      sizeBytes: before.sizeBytes + found.sizeBytes,
      ...(rows === undefined ? {} : { rows }),
    });
  }
  const listed = [...tables.values()];
  return {
    name,
    tables: listed,
    rows: listed.reduce((sum, table) => sum + (table.rows ?? 0), 0),
    sizeBytes: listed.reduce((sum, table) => sum + table.sizeBytes, 0),
  };
}
