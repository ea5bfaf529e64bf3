import { copyFile, lstat, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import Database from "libsql";
import { codeOf } from "../store/stored-file.ts";
import { type StateReader, stateUnreadable } from "./state-reader.ts";

/** A console that starts or stops meanwhile takes its side files along; then it is begun anew, that often at most. */
const ATTEMPTS = 5;
const AGAIN_AFTER_MS = 100;

/** A file that was read while somebody began to write it. */
class Unsettled extends Error {}

/**
 * Reads a SQLite state that a console may have open, without a lock of its own and without writing anything: neither the file nor its
 * `-wal` and `-shm`, which a plain opening would make, recover or remove.
 * @param use may be called again from the start, when what it read turned out to be no single moment
 * @throws {SnapdeckError} `store-unavailable`
 */
export async function readSqliteState<T>(file: string, use: (reader: StateReader) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(file, use);
    } catch (thrown) {
      const isPassing =
        thrown instanceof Unsettled ||
        (thrown instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|BUSY|READONLY)/.test(thrown.code));
      if (isPassing && attempt < ATTEMPTS) await setTimeout(AGAIN_AFTER_MS * attempt);
      else if (isPassing || thrown instanceof Database.SqliteError || codeOf(thrown) === "ENOENT") {
        throw stateUnreadable(file, thrown);
      } else throw thrown;
    }
  }
}

async function readOnce<T>(file: string, use: (reader: StateReader) => Promise<T>): Promise<T> {
  const before = await sidesOf(file);
  if (before.walBytes > 0) {
    if (before.hasShm) return readAt(file, "mode=ro&readonly_shm=1", use);
    return readCopy(file, use);
  }
  // Nothing but the file itself: SQLite may take it for one that does not change, as long as that turns out to be so.
  const result = await readAt(file, "mode=ro&immutable=1", use);
  const after = await sidesOf(file);
  if (after.walBytes > 0 || after.mtimeMs !== before.mtimeMs) throw new Unsettled("it was written to meanwhile");
  return result;
}

async function readAt<T>(file: string, how: string, use: (reader: StateReader) => Promise<T>): Promise<T> {
  const database = new Database(`${pathToFileURL(file).href}?${how}`, { timeout: 5_000 });
  try {
    database.exec("BEGIN");
    return await use({
      rows: async (query, ...parameters) => database.prepare(query).all(...parameters),
    });
  } finally {
    // Before it is closed: a connection lives on as long as its statements, and must not keep a console's -wal from being reused.
    if (database.inTransaction) database.exec("ROLLBACK");
    database.close();
  }
}

/** A `-wal` without its `-shm` cannot be read in its place without making one. */
async function readCopy<T>(file: string, use: (reader: StateReader) => Promise<T>): Promise<T> {
  const aside = await mkdtemp(join(tmpdir(), "snapdeck-check-"));
  try {
    const copy = join(aside, "state.db");
    for (const side of ["", "-wal"]) await copyFile(`${file}${side}`, `${copy}${side}`);
    return await readAt(copy, "mode=rw", use);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function sidesOf(file: string): Promise<{ walBytes: number; hasShm: boolean; mtimeMs: number }> {
  const { mtimeMs } = await lstat(file);
  const side = (name: string) =>
    lstat(`${file}${name}`).catch((thrown: unknown) => {
      if (codeOf(thrown) === "ENOENT") return undefined;
      throw thrown;
    });
  const [wal, shm] = [await side("-wal"), await side("-shm")];
  return { walBytes: wal?.size ?? 0, hasShm: shm !== undefined, mtimeMs };
}
