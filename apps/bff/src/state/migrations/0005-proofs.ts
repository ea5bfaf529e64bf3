import { type Kysely, type Migration, sql } from "kysely";

export const proofsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    // The whole work of a job: what used to be known of it was its kind and its backup, and both are plain names.
    await db.schema
      .alterTable("jobs")
      .addColumn("work", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    await sql`
      update jobs set work = '{"kind":"' || kind || '"' ||
        case when backup_id is null then '' else ',"backupId":"' || backup_id || '"' end || '}'
    `.execute(db);
    // How often the process that drove the job died under it.
    await db.schema
      .alterTable("jobs")
      .addColumn("drivers_died", "integer", (column) => column.notNull().defaultTo(0))
      .execute();

    await db.schema.dropIndex("job_locks_one_of_kind").execute();
    await db.schema
      .createIndex("job_locks_one_of_kind")
      .unique()
      .on("job_locks")
      .columns(["cluster_id", "kind"])
      .where(sql.ref("kind"), "in", ["backup", "load-example-data", "keep-restored", "check-store"])
      .execute();

    // A copy of the stores, which say more than they did: it is read from them again. Plans hold such copies, and are made again.
    await sql`delete from backups`.execute(db);
    await sql`delete from restore_plans`.execute(db);
    // When the backup was completed, while no later proof of it is known.
    await db.schema.alterTable("backups").addColumn("unproven_since", "text").execute();
    // When this row was last read from the store.
    await db.schema
      .alterTable("backups")
      .addColumn("read_at", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    await db.schema
      .createIndex("backups_unproven")
      .on("backups")
      .columns(["cluster_id", "unproven_since"])
      .where(sql.ref("unproven_since"), "is not", null)
      .execute();
    await db.schema.createIndex("backups_by_reading").on("backups").columns(["cluster_id", "read_at"]).execute();
  },
};
