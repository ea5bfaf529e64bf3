import { closeSync, openSync, readSync } from "node:fs";
import Database from "libsql";
import { StartFailure } from "../start/start-failure.ts";

/** The state database is this process's until `release`. */
export type StateLock = { release(): void };

/**
 * Takes the state database for this process: a second one would drive the same jobs.
 *
 * The lock is SQLite's own exclusive lock on `<file>.lock`, held for as long as that file is open. The kernel gives it to one process
 * and takes it back when that process ends, however it ends: nobody has to judge whether a lock that was left behind is stale, a
 * reused process number misleads nobody, and two starters cannot both take one over.
 * @throws {StartFailure} `state-in-use`; nothing but the lock file was touched then.
 */
export function takeStateLock(file: string): StateLock {
  const lockFile = `${file}.lock`;
  const lock = new Database(lockFile, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY");
    lock.exec("PRAGMA locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
    lock.exec(`PRAGMA user_version = ${process.pid}`);
    lock.exec("COMMIT");
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    throw new StartFailure(
      "state-in-use",
      `the state database ${file} is in use by another Snapdeck (${holderOf(lockFile)}); nothing was touched. Stop that one first`,
      error,
    );
  }
  return { release: () => lock.close() };
}

/** Where SQLite keeps `user_version` in a file's header (Database File Format, section 1.3): 4 bytes, big-endian. */
const USER_VERSION_OFFSET = 60;

/** The holder's process number. Read past the lock, which SQLite's own reader would be refused by. */
function holderOf(lockFile: string): string {
  const bytes = Buffer.alloc(4);
  const handle = openSync(lockFile, "r");
  try {
    const read = readSync(handle, bytes, 0, bytes.length, USER_VERSION_OFFSET);
    const pid = bytes.readUInt32BE(0);
    return read === bytes.length && pid > 0 ? `pid ${pid}` : "it is just starting";
  } finally {
    closeSync(handle);
  }
}
