import type { BackupObject } from "@snapdeck/backup-sql/ast/backup-object";
import { DatabaseObjectRef, type DatabaseObjectType } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** Where a name without a schema lives. */
const DEFAULT_SCHEMA = "default";

const LIVES_IN_A_SCHEMA: Record<DatabaseObjectType, boolean> = {
  ALL: false,
  CONTEXT: true,
  CREDENTIAL: true,
  "DATA SINK": true,
  "DATA SOURCE": true,
  FUNCTION: false,
  "FUNCTION ENVIRONMENT": false,
  PROCEDURE: true,
  "RESOURCE GROUP": false,
  ROLE: false,
  STREAM: true,
  TABLE: true,
  USER: false,
};

/**
 * The objects of an OBJECTS clause, each once.
 * @throws {SnapdeckError} `bad-request` for a schema before what lives in none, and for a name that can be none
 */
export function objectRefs(objects: readonly BackupObject[]): DatabaseObjectRef[] {
  const refs = new Map<string, DatabaseObjectRef>();
  for (const { type, name } of objects) {
    if (!LIVES_IN_A_SCHEMA[type] && name.schema !== undefined) {
      const words = type === "ALL" ? "ALL names a schema" : `a ${type} lives in no schema`;
      throw new SnapdeckError(
        "bad-request",
        `${words}, and ${name.schema}.${name.name} names two things; nothing was changed`,
        {
          hint: type === "ALL" ? "To back up one table say TABLE = schema.name." : `Say ${type} = name.`,
        },
      );
    }
    const ref = LIVES_IN_A_SCHEMA[type]
      ? { type, schema: name.schema ?? DEFAULT_SCHEMA, name: name.name }
      : { type, name: name.name };
    const parsed = DatabaseObjectRef.safeParse(ref);
    if (!parsed.success) {
      throw new SnapdeckError(
        "bad-request",
        `${type} names nothing that there can be: a name is empty, longer than 256 characters or holds a NUL; nothing was changed`,
        { hint: "Write the names as the cluster has them: SHOW TABLES and SHOW CREDENTIAL * list some." },
      );
    }
    refs.set(JSON.stringify([type, parsed.data.schema, parsed.data.name]), parsed.data);
  }
  return [...refs.values()];
}
