import { type Kysely, type Migration, sql } from "kysely";

export const connectionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("connections")
      .addColumn("cluster_id", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("schema", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      // The statement that makes it. It may hold secrets anywhere, so it is sealed as a whole.
      .addColumn("definition", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("changed_at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("connections_named_once", ["cluster_id", "kind", "schema", "name"])
      .execute();

    await db.schema.dropIndex("job_locks_one_of_kind").execute();
    await db.schema
      .createIndex("job_locks_one_of_kind")
      .unique()
      .on("job_locks")
      .columns(["cluster_id", "kind"])
      .where(sql.ref("kind"), "in", ["backup", "load-example-data", "keep-restored", "check-store", "database-backup"])
      .execute();
  },
};
