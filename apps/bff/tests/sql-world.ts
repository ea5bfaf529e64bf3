import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlReply } from "@snapdeck/contract/sql";
import type { EngineSql } from "@snapdeck/core/ports/cluster";
import { ConnectionCatalog } from "../src/connections/connection-catalog.ts";
import { Sealer } from "../src/secrets/sealer.ts";
import type { Actor, SqlAsker } from "../src/services.ts";
import { ADMIN, jobIn, MEMORY, type ServicesWorld, servicesWorld, type WorldOptions } from "./services-world.ts";
import { temporaryState } from "./temporary-state.ts";
import { FakeBackupStore, FakeDatabaseBackups } from "./world/fake-database-backups.ts";

export const NEVER = new AbortController().signal;

export type SqlWorld = ServicesWorld & {
  readonly store: FakeBackupStore;
  readonly backups: FakeDatabaseBackups;
  /** Statements that reached the engine. */
  readonly engineSql: string[];
  run(sql: string, actor?: Actor, asker?: Partial<SqlAsker>): Promise<SqlReply>;
  /** The job that the last statement began, once it has ended. */
  ended(reply: SqlReply): Promise<Job>;
};

/** The services over a cluster that takes database backups, with a sink and a source `s` that lead to one store. */
export async function sqlWorld({
  store = new FakeBackupStore(),
  ...options
}: WorldOptions & { readonly store?: FakeBackupStore } = {}): Promise<SqlWorld> {
  const database = options.database ?? (await temporaryState());
  const backups = new FakeDatabaseBackups();
  const engineSql: string[] = [];
  const clock = () => new Date().toISOString();
  const sealer = new Sealer({ id: "0".repeat(16), bytes: Buffer.alloc(32, 7) });
  const stores = { judge: () => undefined, test: async () => [], open: async () => store.store };
  const connections = new ConnectionCatalog({ db: database.db, sealer, clock, storesOf: (_id: ClusterId) => stores });
  const world = await servicesWorld({
    ...options,
    database,
    connections,
    prepare: (cluster) => {
      const traits = { ...cluster.traits, takesDatabaseBackups: true };
      Object.assign(cluster, { databaseBackups: backups.backups, sql: engineOf(engineSql), traits });
    },
  });
  const run: SqlWorld["run"] = (sql, actor = ADMIN, asker = {}) =>
    world.services.sql.run(MEMORY, sql, {
      actor,
      idempotencyKey: undefined,
      mustBeFresh: () => undefined,
      signal: NEVER,
      ...asker,
    });
  await run(
    "CREATE OR REPLACE DATA SINK s LOCATION = 'FILE:///backups'; CREATE OR REPLACE DATA SOURCE s LOCATION = 'FILE:///backups'",
  );
  return {
    ...world,
    store,
    backups,
    engineSql,
    run,
    ended: ({ results }) => {
      const last = results.at(-1);
      if (last?.kind !== "job") throw new Error(`no job: ${JSON.stringify(results)}`);
      return jobIn(world, last.job.id, "succeeded", "failed", "canceled", "interrupted");
    },
  };
}

function engineOf(log: string[]): EngineSql {
  return {
    run: async (statement) => {
      log.push(statement);
      if (statement.startsWith("FAIL")) throw new SnapdeckError("engine-failed", "rank 0 answered: no such thing");
      if (!statement.startsWith("SELECT")) return { columns: [], rows: [], isCut: false };
      return { columns: ["n"], rows: [["1"]], isCut: false };
    },
    createSchema: async (schema) => void log.push(`create schema ${schema}`),
    dropSchema: async (schema) => void log.push(`drop schema ${schema}`),
  };
}

/** What a script or its first statement was refused for. */
export async function refusal(
  run: Promise<SqlReply>,
): Promise<{ code: string; detail: string; hint: string | undefined }> {
  try {
    await run;
  } catch (error) {
    if (error instanceof SnapdeckError) return { code: error.code, detail: error.detail, hint: error.hint };
    throw error;
  }
  throw new Error("nothing was refused");
}
