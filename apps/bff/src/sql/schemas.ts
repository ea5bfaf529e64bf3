import type { CreateSchema, DropSchema } from "@snapdeck/backup-sql/ast/schema-statements";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineSql } from "@snapdeck/core/ports/cluster";
import type { ConnectionObjects } from "@snapdeck/core/ports/database-backups";
import { refWords } from "@snapdeck/core/snapshots/restore-request";
import { schemaNamed } from "./schema-named.ts";

/** @throws {SnapdeckError} `bad-request`, `schema-exists`, ... */
export async function createSchema(sql: EngineSql, { schema, ifNotExists }: CreateSchema): Promise<void> {
  await sql.createSchema(schemaNamed(schema), ifNotExists);
}

/**
 * A schema holds what the engine keeps there, and credentials, data sinks and data sources of this console.
 * @throws {SnapdeckError} `schema-not-empty`, `schema-not-found`, ...
 */
export async function dropSchema(
  sql: EngineSql,
  objects: ConnectionObjects,
  { schema, ifExists, cascade }: DropSchema,
): Promise<void> {
  const held = await objects.list(schema);
  if (held.length > 0 && !cascade) {
    throw new SnapdeckError(
      "schema-not-empty",
      `schema ${schema} holds ${held.map(refWords).join(", ")}; nothing was changed`,
      { hint: "Drop what it holds first, or say DROP SCHEMA ... CASCADE." },
    );
  }
  await sql.dropSchema(schema, { ifExists, cascade });
  for (const ref of held) await objects.remove(ref);
}
