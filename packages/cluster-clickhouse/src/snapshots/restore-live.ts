import type { StoredObjectRef } from "@snapdeck/contract/database-object";
import { z } from "zod";
import { MaybeCount } from "../engine-values.ts";
import type { RankClient } from "../rank-client.ts";
import { STAGING_PREFIX } from "../sql.ts";
import { type RankWorkloads, readWorkloads } from "./rank-workloads.ts";
import type { Place } from "./restore-ddl.ts";

const DatabaseRow = z.object({ name: z.string().min(1), engine: z.string() });
const TableRow = z.object({
  database: z.string(),
  name: z.string().min(1),
  engine: z.string(),
  uuid: z.string(),
  /** Null where the engine counts none. */
  rows: MaybeCount,
});
const FunctionRow = z.object({ name: z.string().min(1) });

const SELECT_DATABASE_ENGINES = "SELECT name, engine FROM system.databases ORDER BY name";

/** With the hidden tables of materialized views; the engine's own databases hold nothing that a restore could meet. */
const SELECT_PLACES = `SELECT database, name, engine, toString(uuid) AS uuid, total_rows AS rows FROM system.tables
  WHERE NOT is_temporary AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')`;

const SELECT_FUNCTION_NAMES = "SELECT name FROM system.functions WHERE origin = 'SQLUserDefined' ORDER BY name";

export type LiveTable = z.infer<typeof TableRow>;

/** What one rank holds now. */
export type LiveRank = {
  readonly client: RankClient;
  /** The engine of each database. */
  readonly databases: ReadonlyMap<string, string>;
  /** By {@link placeKey}, staging included. */
  readonly tables: ReadonlyMap<string, LiveTable>;
  readonly functions: readonly string[];
  readonly workloads: RankWorkloads;
};

/** A table of a database of this engine has a UUID, can be exchanged with another at once and moved to other such databases. */
export const ATOMIC = "Atomic";

/** What the engine gives as UUID of what has none. */
export const NO_UUID = "00000000-0000-0000-0000-000000000000";

export function placeKey({ database, name }: Place): string {
  return JSON.stringify([database, name]);
}

export async function readLiveRank(client: RankClient): Promise<LiveRank> {
  const [databases, tables, functions, workloads] = await Promise.all([
    client.rows("listing its databases", DatabaseRow, SELECT_DATABASE_ENGINES),
    client.rows("listing its tables", TableRow, SELECT_PLACES),
    client.rows("listing its functions", FunctionRow, SELECT_FUNCTION_NAMES),
    readWorkloads(client),
  ]);
  return {
    client,
    databases: new Map(databases.map(({ name, engine }) => [name, engine])),
    tables: new Map(tables.map((table) => [placeKey(table), table])),
    functions: functions.map(({ name }) => name),
    workloads,
  };
}

/** Whether a materialized view has its rows in a hidden table beside it. */
export function keepsRowsBeside({ tables }: LiveRank, { database, name, engine, uuid }: LiveTable): boolean {
  if (engine !== "MaterializedView") return false;
  return [`.inner_id.${uuid}`, `.inner.${name}`].some((inner) => tables.has(placeKey({ database, name: inner })));
}

/** What any rank holds that a restore could hit: schemas, tables and views, functions, resource groups. */
export function liveObjects(ranks: readonly LiveRank[]): { schemas: string[]; objects: StoredObjectRef[] } {
  const schemas = new Set(ranks.flatMap(({ databases }) => [...databases.keys()]));
  const tables = new Map(ranks.flatMap((rank) => [...rank.tables]));
  const functions = new Set(ranks.flatMap((rank) => rank.functions));
  const groups = new Set(ranks.flatMap(({ workloads }) => workloads.workloads.map(({ name }) => name)));
  return {
    schemas: [...schemas].filter((name) => !name.startsWith(STAGING_PREFIX)),
    objects: [
      ...[...tables.values()]
        .filter(({ database, name }) => ![database, name].some((each) => each.startsWith(STAGING_PREFIX)))
        .filter(({ name }) => !name.startsWith(".inner"))
        .map(({ database, name }) => ({ type: "TABLE" as const, schema: database, name })),
      ...[...functions].map((name) => ({ type: "FUNCTION" as const, name })),
      ...[...groups].map((name) => ({ type: "RESOURCE GROUP" as const, name })),
    ],
  };
}

const SELECT_PLACE = `SELECT database, name, engine, toString(uuid) AS uuid, total_rows AS rows FROM system.tables
  WHERE database = {database:String} AND name = {name:String}`;

/** Undefined when nothing is there. */
export async function tableAt(client: RankClient, { database, name }: Place): Promise<LiveTable | undefined> {
  const [table] = await client.rows("looking at a table", TableRow, SELECT_PLACE, { params: { database, name } });
  return table;
}
