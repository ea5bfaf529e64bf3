import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineSql } from "@snapdeck/core/ports/cluster";
import { z } from "zod";
import type { ClusterParts } from "./cluster-parts.ts";
import { engineCodeOf } from "./engine-error.ts";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { runningRanks } from "./running-ranks.ts";
import { DEFAULT_SCHEMA, isEngineSchema, quoteIdent, STAGING_PREFIX } from "./sql.ts";
import { DEFAULT_FORMAT, readLines, readRows, SQL_SETTINGS } from "./sql-answer.ts";

/** The engine's DATABASE_ALREADY_EXISTS. */
const ALREADY_EXISTS = 82;

const SELECT_SCHEMA = `SELECT count() > 0 AS found,
    (SELECT count() FROM system.tables WHERE database = {schema:String}) AS objects
  FROM system.databases WHERE name = {schema:String}`;

const SchemaRow = z.object({ found: EngineCount.transform((count) => count > 0), objects: EngineCount });

/** Statements for the engine itself, and its schemas. */
export function engineSqlOf(parts: ClusterParts): EngineSql {
  return {
    run: async (statement, signal) => {
      const [first] = await runningRanks(parts);
      if (first === undefined) throw noRank(parts);
      try {
        return await first.answer("running the statement", statement, {
          settings: SQL_SETTINGS,
          signal,
          timeoutMs: "long",
          read: (format, body) => (format === DEFAULT_FORMAT ? readRows(body) : readLines(body)),
        });
      } catch (thrown) {
        throw withoutSecrets(statement, thrown);
      }
    },
    createSchema: (schema, ifNotExists) => createSchema(parts, schema, ifNotExists),
    dropSchema: (schema, options) => dropSchema(parts, schema, options),
  };
}

/** Statements whose texts may be secrets: users, credentials of other places. */
const MAY_HOLD_SECRETS =
  /identified|password|secret|token|key|credential|\b(?:s3|url|azure|gcs|hdfs|mysql|postgresql|mongo|remote)\w*\s*\(/i;

/** The engine repeats the place where it gave up, and what it says is shown and logged: texts that may be secrets are taken out. */
function withoutSecrets(statement: string, thrown: unknown): unknown {
  if (!(thrown instanceof SnapdeckError) || thrown.code !== "engine-failed") return thrown;
  const detail = MAY_HOLD_SECRETS.test(statement) ? thrown.detail.replace(/'[^']*(?:'|$)/g, "'***'") : thrown.detail;
  return new SnapdeckError("engine-failed", detail, { hint: "Look at the statement, then run it again." });
}

async function createSchema(parts: ClusterParts, schema: string, ifNotExists: boolean): Promise<void> {
  if (schema.startsWith(STAGING_PREFIX)) {
    throw new SnapdeckError(
      "bad-request",
      `names like ${schema} are for restores that are under way; nothing was made`,
      {
        hint: `Choose a name that does not begin with ${STAGING_PREFIX}.`,
      },
    );
  }
  const ranks = await runningRanks(parts);
  const isThere = await Promise.all(ranks.map((rank) => lookAt(rank, schema)));
  if (!ifNotExists && isThere.some(({ found }) => found)) throw schemaExists(schema);
  const made: RankClient[] = [];
  try {
    for (const [index, rank] of ranks.entries()) {
      if (isThere[index]?.found === true) continue;
      await rank.run("creating a schema", `CREATE DATABASE ${quoteIdent(schema)}`);
      made.push(rank);
    }
  } catch (thrown) {
    for (const rank of made) await rank.run("removing a schema", `DROP DATABASE ${quoteIdent(schema)} SYNC`);
    throw engineCodeOf(thrown) === ALREADY_EXISTS ? schemaExists(schema) : thrown;
  }
}

async function dropSchema(
  parts: ClusterParts,
  schema: string,
  { ifExists, cascade }: { readonly ifExists: boolean; readonly cascade: boolean },
): Promise<void> {
  if (isEngineSchema(schema) || schema === DEFAULT_SCHEMA) {
    throw new SnapdeckError("not-supported", `schema ${schema} is the engine's own; nothing was changed`);
  }
  const ranks = await runningRanks(parts);
  const isThere = await Promise.all(ranks.map((rank) => lookAt(rank, schema)));
  if (!isThere.some(({ found }) => found)) {
    if (ifExists) return;
    throw new SnapdeckError("schema-not-found", `there is no schema ${schema}; nothing was changed`, {
      hint: "Say DROP SCHEMA IF EXISTS where that is fine.",
    });
  }
  if (!cascade && isThere.some(({ objects }) => objects > 0)) {
    const objects = Math.max(...isThere.map((each) => each.objects));
    throw new SnapdeckError(
      "schema-not-empty",
      `schema ${schema} holds ${objects === 1 ? "1 object" : `${objects} objects`}; nothing was changed`,
      { hint: "Drop what it holds first, or say DROP SCHEMA ... CASCADE." },
    );
  }
  for (const rank of ranks) {
    await rank.run("dropping a schema", `DROP DATABASE IF EXISTS ${quoteIdent(schema)} SYNC`, { timeoutMs: "long" });
  }
}

async function lookAt(rank: RankClient, schema: string): Promise<z.infer<typeof SchemaRow>> {
  const [row] = await rank.rows("looking for a schema", SchemaRow, SELECT_SCHEMA, { params: { schema } });
  return row ?? { found: false, objects: 0 };
}

function schemaExists(schema: string): SnapdeckError {
  return new SnapdeckError("schema-exists", `there is a schema ${schema} already; nothing was changed`, {
    hint: "Say CREATE SCHEMA IF NOT EXISTS where that is fine.",
  });
}

function noRank({ name }: ClusterParts): SnapdeckError {
  return new SnapdeckError("cluster-unreachable", `cluster ${name} has no rank that answers; nothing was run`);
}
