import { z } from "zod";
import { EngineCount, MaybeCount } from "../engine-values.ts";
import type { RankClient } from "../rank-client.ts";
import { SELECT_DATABASES, SELECT_FUNCTIONS, STAGING_PREFIX, USER_TABLES } from "../sql.ts";
import { type RankWorkloads, readWorkloads } from "./rank-workloads.ts";
import type { FolderRole } from "./snapshot-paths.ts";

/** Where a restore cannot stage in a database of its own, it does so under names of ours. */
const SELECT_CATALOG = `SELECT database, name, engine, create_table_query AS ddl, as_select AS query,
    total_rows AS rows, total_bytes AS size_bytes,
    arrayZip(loading_dependencies_database, loading_dependencies_table) AS needs,
    arrayZip(dependencies_database, dependencies_table) AS feeds
  FROM system.tables
  WHERE ${USER_TABLES} AND NOT startsWith(name, '${STAGING_PREFIX}')
  ORDER BY database, name`;

const Pairs = z.array(z.tuple([z.string(), z.string()]));
const SchemaRow = z.object({ name: z.string() });
const FunctionRow = z.object({ name: z.string(), create_query: z.string() });
const CatalogRow = z.object({
  database: z.string(),
  name: z.string(),
  engine: z.string(),
  ddl: z.string(),
  /** The query of a view; empty for others. */
  query: z.string(),
  rows: MaybeCount,
  size_bytes: EngineCount.nullable(),
  /** What it needs to be loaded: dictionaries, their sources. */
  needs: Pairs,
  /** Materialized views that are fed by it. */
  feeds: Pairs,
});

/** A table, a view or a dictionary of one rank. */
export type LiveTable = z.infer<typeof CatalogRow>;

/** What one rank holds that a database backup can name. */
export type RankCatalog = {
  readonly client: RankClient;
  readonly schemas: readonly string[];
  readonly tables: readonly LiveTable[];
  readonly functions: readonly { readonly name: string; readonly ddl: string }[];
  readonly workloads: RankWorkloads;
};

/** @throws {SnapdeckError} `engine-failed`, `cluster-unreachable` */
export async function readCatalog(client: RankClient): Promise<RankCatalog> {
  const [schemas, tables, functions, workloads] = await Promise.all([
    client.rows("listing its schemas", SchemaRow, SELECT_DATABASES),
    client.rows("listing its tables", CatalogRow, SELECT_CATALOG),
    client.rows("listing its functions", FunctionRow, SELECT_FUNCTIONS),
    readWorkloads(client),
  ]);
  return {
    client,
    schemas: schemas.map(({ name }) => name),
    tables,
    functions: functions.map(({ name, create_query }) => ({ name, ddl: create_query })),
    workloads,
  };
}

/** Where the engine's backup of a table belongs. A materialized view that keeps its own rows goes where those do. */
export function folderRoleOf({ engine, ddl }: Pick<LiveTable, "engine" | "ddl">): FolderRole {
  const own = engine === "MaterializedView" ? innerEngine(ddl) : engine;
  return own.endsWith("MergeTree") ? "parts" : "log";
}

/** The engine that a materialized view keeps its rows with; empty where it writes to a table that has a name. */
function innerEngine(ddl: string): string {
  return /\) ENGINE = (\w+)/.exec(ddl)?.[1] ?? "";
}
