import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteAdapter, SqliteDialect } from "kysely";
import Database from "libsql";
import { StartFailure, systemCode } from "../start/start-failure.ts";
import { migrate } from "./migrate.ts";
import type { StateDatabase } from "./state-database.ts";
import { takeStateLock } from "./state-lock.ts";
import type { StateTables } from "./state-tables.ts";

/**
 * Opens the BFF's own state in one SQLite file (mode 0600), made where there is none, for this process alone.
 * WAL with `synchronous=FULL`: what a transaction acknowledged survives a loss of power.
 * @throws {StartFailure} `state-in-use`, `state-unusable`, `directory-unwritable`
 */
export async function openSqliteState(file: string): Promise<StateDatabase> {
  makePrivate(`${file}.lock`);
  const lock = takeStateLock(file);
  try {
    makePrivate(file);
    const raw = new Database(file, { timeout: 5_000 });
    const db = new Kysely<StateTables>({ dialect: new StateSqliteDialect({ database: raw }) });
    try {
      for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]) {
        raw.exec(`PRAGMA ${pragma}`);
      }
      await migrate(db, file);
      // This process alone may open the file, so whoever held a lease is gone: its jobs need not wait for it to run out. The row stays:
      // it tells that its holder died.
      await db.updateTable("job_leases").set({ expires_at: "" }).execute();
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return {
      name: file,
      isShared: false,
      db,
      close: async () => {
        await db.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (error instanceof Database.SqliteError && error.code === "SQLITE_NOTADB") {
      throw new StartFailure(
        "state-unusable",
        `${file} is not a Snapdeck state database; it was left as it is. Move it away, or name another state directory`,
        error,
      );
    }
    throw error;
  }
}

/** SQLite gives its side files the mode of the file itself, so that has to be right before anything is written. */
function makePrivate(file: string): void {
  const directory = dirname(file);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw new StartFailure(
      "directory-unwritable",
      `the state directory ${directory} cannot be written (${systemCode(error) ?? "unknown reason"}); nothing was changed. Give this user the right to write there, or name another directory`,
      error,
    );
  }
}

/** Kysely holds that SQLite cannot change tables inside a transaction. It can, and a migration that dies half-way must leave nothing. */
class StateSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
