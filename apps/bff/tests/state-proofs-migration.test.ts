import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { Kysely, Migrator, SqliteDialect, sql } from "kysely";
import Database from "libsql";
import { expect, test } from "vitest";
import { BackupCatalog } from "../src/backups/backup-catalog.ts";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { jobsMigration } from "../src/state/migrations/0001-jobs.ts";
import { backupsMigration } from "../src/state/migrations/0002-backups.ts";
import { usersMigration } from "../src/state/migrations/0003-users.ts";
import { auditMigration } from "../src/state/migrations/0004-audit.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";
import { temporaryDirectory } from "./temporary-state.ts";

const LOCAL = ClusterId.parse("local");
const T0 = "2026-11-20T09:00:00.000Z";

/** A state as the console wrote it before it knew of proofs, with a restore and a suspend under way. */
async function earlierState(file: string, restoreId: string, suspendId: string): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Database(file) }) });
  const migrations = {
    "0001-jobs": jobsMigration,
    "0002-backups": backupsMigration,
    "0003-users": usersMigration,
    "0004-audit": auditMigration,
  };
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: "migrations",
    migrationLockTableName: "migrations_lock",
  }).migrateToLatest();
  expect(error).toBeUndefined();
  await sql`insert into clusters values ('local', 2, 7)`.execute(db);
  const queued = JSON.stringify({ name: "queued" });
  const jobs = [
    [restoreId, 1, "restore", "b-1"],
    [suspendId, 2, "suspend", null],
  ] as const;
  for (const [id, seq, kind, backup] of jobs) {
    await sql`
      insert into jobs values (${id}, 'local', ${seq}, ${kind}, ${backup}, 'ana', ${T0}, 1, 'queued', ${queued}, null, null, ${seq})
    `.execute(db);
  }
  await sql`insert into job_locks values (${restoreId}, 'local', 'restore', 'exclusive', 'b-1')`.execute(db);
  await sql`insert into backups values ('local', 'b-1', ${T0}, 10, 'b-1', '{"without":"proofs"}')`.execute(db);
  await sql`insert into restore_plans values ('p', 'local', ${T0}, '{"without":"proofs"}', '{}')`.execute(db);
  await db.destroy();
}

test("a state from before there were proofs keeps its jobs and locks; what it copied from the store is read again", async () => {
  const file = join(temporaryDirectory(), "state.sqlite");
  const [restoreId, suspendId] = [randomUUID(), randomUUID()];
  await earlierState(file, restoreId, suspendId);
  const { db, close } = await openStateDatabase(file);
  const store = new KyselyJobStore(db);
  expect(await store.get(JobId.parse(restoreId))).toMatchObject({ work: { kind: "restore", backupId: "b-1" } });
  expect((await store.get(JobId.parse(suspendId)))?.work).toEqual({ kind: "suspend" });
  expect(await store.userOf(LOCAL, BackupId.parse("b-1"))).toBe(restoreId);
  expect(await new BackupCatalog(db).ids(LOCAL)).toEqual([]);
  expect(await db.selectFrom("restore_plans").selectAll().execute()).toEqual([]);
  await close();
});
