import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import { parseScript } from "@snapdeck/backup-sql/parse-script";
import { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlRows } from "@snapdeck/contract/sql";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import { composeStores } from "../src/compose-stores.ts";
import { ConnectionCatalog } from "../src/connections/connection-catalog.ts";
import {
  type AlterConnection,
  type CreateConnection,
  type DescribeConnection,
  type DropConnection,
  isConnectionStatement,
  type ShowConnection,
} from "../src/connections/connection-kind.ts";
import { Sealer } from "../src/secrets/sealer.ts";
import type { Actor } from "../src/services.ts";
import type { StateDb } from "../src/state/state-tables.ts";

export const LOCAL = ClusterId.parse("local");
export const T0 = "2026-11-22T14:00:00.000Z";
export const ADA: Actor = { username: "ada", role: "admin", origin: "127.0.0.1", requestId: "r-1" };

export const KEY =
  "CREATE CREDENTIAL ops.key TYPE = 'aws_access_key', IDENTITY = 'AKIA1', SECRET = 'it-is-a-secret''; --'";
export const SINK = `CREATE DATA SINK ops.s3 LOCATION = 'S3' WITH OPTIONS (CREDENTIAL = 'ops.key', BUCKET NAME = 'some-backups', VALIDATE = FALSE)`;
export const SOURCE = SINK.replace("DATA SINK", "DATA SOURCE");

export type ConnectionsWorld = {
  readonly db: StateDb;
  readonly catalog: ConnectionCatalog;
  readonly audit: KyselyAuditLog;
  /** Runs one statement as ada; answers rows where it has some. */
  run(sql: string, clusterId?: ClusterId): Promise<SqlRows | undefined>;
  /** The values of the rows' first column. */
  first(sql: string): Promise<unknown[]>;
};

/** A catalog over a state database, with the stores that a server has. */
export function connectionsWorld(
  db: StateDb,
  config: { roots?: readonly string[]; s3Endpoints?: readonly string[]; keyFill?: number } = {},
): ConnectionsWorld {
  const { roots = [], s3Endpoints = [], keyFill = 1 } = config;
  const sealer = new Sealer({ id: keyFill.toString(16).padStart(16, "0"), bytes: Buffer.alloc(32, keyFill) });
  const stores = composeStores({ databaseBackupRoots: [...roots], s3Endpoints: [...s3Endpoints] }, sealer);
  const catalog = new ConnectionCatalog({ db, sealer, clock: () => T0, storesOf: () => stores });
  const run = (sql: string, clusterId = LOCAL) => perform(catalog, clusterId, oneStatement(sql));
  return {
    db,
    catalog,
    audit: new KyselyAuditLog(db, () => T0),
    run,
    first: async (sql) => (await run(sql))?.rows.map(([value]) => value) ?? [],
  };
}

export function oneStatement(sql: string): Statement {
  const script = parseScript(sql);
  if (script.outcome === "refused") throw new Error(script.errors.map(({ message }) => message).join("; "));
  const [only, ...more] = script.statements;
  if (only === undefined || more.length > 0) throw new Error(`${script.statements.length} statements`);
  return only.statement;
}

async function perform(
  catalog: ConnectionCatalog,
  clusterId: ClusterId,
  statement: Statement,
): Promise<SqlRows | undefined> {
  if (!isConnectionStatement(statement)) throw new Error(`${statement.kind} is no statement of the catalog`);
  if (is<CreateConnection>(statement, "create-")) await catalog.create(clusterId, statement, ADA);
  else if (is<AlterConnection>(statement, "alter-")) await catalog.alter(clusterId, statement, ADA);
  else if (is<DropConnection>(statement, "drop-")) await catalog.drop(clusterId, statement, ADA);
  else if (is<ShowConnection>(statement, "show-")) return catalog.show(clusterId, statement);
  else if (is<DescribeConnection>(statement, "describe-")) return catalog.describe(clusterId, statement);
  return undefined;
}

function is<S extends Statement>(statement: Statement, prefix: string): statement is S {
  return statement.kind.startsWith(prefix);
}
