import { Kysely, sql } from "kysely";
import pg from "pg";
import { StartFailure } from "../start/start-failure.ts";
import { bytewiseText } from "./bytewise-text.ts";
import { nameOfDatabase } from "./database-url.ts";
import { migrate } from "./migrate.ts";
import { StatePostgresDialect } from "./postgres-dialect.ts";
import type { StateDatabase } from "./state-database.ts";
import type { StateTables } from "./state-tables.ts";
import { isStateUnavailable } from "./transactions.ts";

/** Connections of one server; `max_connections` of PostgreSQL is 100, so that ten replicas leave room for people. */
const CONNECTIONS = 9;

const CONNECTS_WITHIN_MS = 5_000;

/** Nothing here takes as long, a wait for the cluster's row included: a job's lease would run out. */
const STATEMENT_MS = 8_000;

/** A replica that stopped in the middle of a transaction holds rows that the others need: the server ends it. */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** Changes of tables may take their time, and those who start at the same moment wait for them. */
const MIGRATION_MS = 10 * 60_000;

/**
 * Opens the BFF's own state in a PostgreSQL database that other replicas may have open too; its tables are made where there are none.
 * Leases stay as they are: their holders may be alive.
 * @throws {StartFailure} `state-unusable`
 */
export async function openPostgresState(url: string): Promise<StateDatabase> {
  const name = nameOfDatabase(url);
  await asStartFailure(name, () => bringUpToDate(url, name));
  const db = kyselyOf(url, { max: CONNECTIONS, statementMs: STATEMENT_MS });
  return { name, isShared: true, db, close: () => db.destroy() };
}

async function bringUpToDate(url: string, name: string): Promise<void> {
  const db = kyselyOf(url, { max: 2, statementMs: MIGRATION_MS });
  try {
    await mustHoldAnyText(db, name);
    // Several that start at once wait for each other here: Kysely takes an advisory lock on PostgreSQL.
    await migrate(db.withPlugin(bytewiseText), name);
  } finally {
    await db.destroy();
  }
}

async function mustHoldAnyText(db: Kysely<StateTables>, name: string): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding === "UTF8") return;
  throw new StartFailure(
    "state-unusable",
    `the state database ${name} has the encoding ${encoding}, in which not every name can be stored; nothing was changed. Make one with the encoding UTF8`,
  );
}

/** A message for the operator, without the URL: it holds a password. */
async function asStartFailure(name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    const reason = isStateUnavailable(error) && error instanceof Error ? error.cause : error;
    const words = reason instanceof Error ? reason.message : "unknown error";
    throw new StartFailure(
      "state-unusable",
      `the state database ${name} cannot be used (${words}); nothing was started. Look whether PostgreSQL runs there, and at the user's name, password and rights`,
      error,
    );
  }
}

function kyselyOf(url: string, { max, statementMs }: { max: number; statementMs: number }): Kysely<StateTables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "snapdeck",
    max,
    connectionTimeoutMillis: CONNECTS_WITHIN_MS,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    types: { getTypeParser: typeParser },
  });
  // An idle connection that is lost is no failure of anybody: the pool drops it, and makes another when one is needed.
  pool.on("error", () => undefined);
  // One that is lost in use fails its query.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely<StateTables>({ dialect: new StatePostgresDialect(pool, statementMs + CONNECTS_WITHIN_MS) });
}

/** `int8` as a number: every one of ours is a count or a moment in milliseconds. Other values as the driver has them. */
function typeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  return oid === pg.types.builtins.INT8 ? wholeNumber : pg.types.getTypeParser(oid, format);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${text} is not a whole number that can be told apart from its neighbours`);
  return value;
}
