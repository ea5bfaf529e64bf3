import { type Kysely, type Migration, Migrator, sql } from "kysely";
import { StartFailure } from "../start/start-failure.ts";
import { jobsMigration } from "./migrations/0001-jobs.ts";
import { backupsMigration } from "./migrations/0002-backups.ts";
import { usersMigration } from "./migrations/0003-users.ts";
import { auditMigration } from "./migrations/0004-audit.ts";
import { proofsMigration } from "./migrations/0005-proofs.ts";
import { catalogMarksMigration } from "./migrations/0006-catalog-marks.ts";
import { connectionsMigration } from "./migrations/0007-connections.ts";
import type { StateTables } from "./state-tables.ts";

/** In the order of their names. One that has left the house is never changed: a new one follows it. */
const MIGRATIONS: Record<string, Migration> = {
  "0001-jobs": jobsMigration,
  "0002-backups": backupsMigration,
  "0003-users": usersMigration,
  "0004-audit": auditMigration,
  "0005-proofs": proofsMigration,
  "0006-catalog-marks": catalogMarksMigration,
  "0007-connections": connectionsMigration,
};

const MIGRATION_TABLE = "migrations";

/**
 * Brings the database to this version's tables, in one transaction.
 * @param place names the database in messages
 * @throws {StartFailure} `state-unusable` for a database that a newer Snapdeck wrote; nothing is changed then.
 */
export async function migrate(db: Kysely<StateTables>, place: string): Promise<void> {
  const unknown = (await appliedTo(db)).find((name) => !(name in MIGRATIONS));
  if (unknown !== undefined) {
    throw new StartFailure(
      "state-unusable",
      `the state database ${place} was written by a newer Snapdeck (it holds ${unknown}); nothing was changed. Start that version or a newer one`,
    );
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new StartFailure(
      "state-unusable",
      `the state database ${place} could not be brought to this version (${reasonOf(error)}); it is as it was before. Keep it, and report this`,
      error,
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}

async function appliedTo(db: Kysely<StateTables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
}
