import type { Definition, Manifest } from "@snapdeck/contract/manifest";
import { readDatabases, readTables, readVersion } from "./catalog.ts";
import type { Sealer } from "./cluster-parts.ts";
import { readDefinitions } from "./definitions.ts";
import type { RankClient } from "./rank-client.ts";

/** What one rank holds, as read before its backup begins. */
export type RankPlan = {
  readonly rank: number;
  readonly version: string;
  readonly databases: readonly string[];
  /** The engine of each table, by `database\0table`. */
  readonly engines: ReadonlyMap<string, string>;
  readonly plannedBytes: number;
  readonly definitions: Definition[];
  readonly leftOut: NonNullable<Manifest["ranks"][number]["leftOut"]>;
};

/** @throws {SnapdeckError} `engine-failed`, `cluster-unreachable` */
export async function planRank(client: RankClient, sealer: Sealer): Promise<RankPlan> {
  const [{ version }, databases, tables, { definitions, leftOut }] = await Promise.all([
    readVersion(client),
    readDatabases(client),
    readTables(client),
    readDefinitions(client, sealer),
  ]);
  return {
    rank: client.rank,
    version,
    databases,
    engines: new Map(tables.map((table) => [`${table.database}\0${table.name}`, table.engine])),
    plannedBytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
    definitions,
    leftOut,
  };
}
