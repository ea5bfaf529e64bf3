import { sql } from "kysely";
import { isDatabaseUrl } from "./database-url.ts";
import { openPostgresState } from "./open-postgres-state.ts";
import { openSqliteState } from "./open-sqlite-state.ts";
import type { StateDatabase } from "./state-database.ts";
import type { StateDb } from "./state-tables.ts";

/**
 * Opens the BFF's own state: in PostgreSQL, for this process and others, or in an SQLite file for this process alone.
 * @param place `postgres://...`, or the path of a file
 * @throws {StartFailure} `state-in-use`, `state-unusable`, `directory-unwritable`
 */
export function openStateDatabase(place: string): Promise<StateDatabase> {
  return isDatabaseUrl(place) ? openPostgresState(place) : openSqliteState(place);
}

/** Whether the state database answers. */
export async function stateAnswers(db: StateDb): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}
