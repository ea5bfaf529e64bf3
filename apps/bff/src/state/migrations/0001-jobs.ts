import { type Kysely, type Migration, sql } from "kysely";

export const jobsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("clusters")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("newest_seq", "bigint", (column) => column.notNull())
      .addColumn("newest_token", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("jobs")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("cluster_id", "text", (column) => column.notNull().references("clusters.id"))
      .addColumn("created_seq", "bigint", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("backup_id", "text")
      .addColumn("requested_by", "text", (column) => column.notNull())
      .addColumn("requested_at", "text", (column) => column.notNull())
      .addColumn("attempt", "integer", (column) => column.notNull())
      .addColumn("state_name", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("progress", "text")
      .addColumn("dismissed_at", "text")
      .addColumn("seq", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex("jobs_by_creation")
      .unique()
      .on("jobs")
      .columns(["cluster_id", "created_seq"])
      .execute();
    await db.schema.createIndex("jobs_by_state").on("jobs").columns(["state_name", "cluster_id"]).execute();

    await db.schema
      .createTable("job_changes")
      .addColumn("cluster_id", "text", (column) => column.notNull().references("clusters.id"))
      .addColumn("seq", "bigint", (column) => column.notNull())
      .addColumn("job", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("job_changes_key", ["cluster_id", "seq"])
      .execute();

    await db.schema
      .createTable("job_locks")
      .addColumn("job_id", "text", (column) => column.primaryKey().references("jobs.id"))
      .addColumn("cluster_id", "text", (column) => column.notNull().references("clusters.id"))
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("mode", "text", (column) => column.notNull())
      .addColumn("backup_id", "text")
      .execute();
    await db.schema.createIndex("job_locks_by_cluster").on("job_locks").column("cluster_id").execute();
    // The rules are checked in the transaction; these hold even where that check has a bug (I23).
    await db.schema
      .createIndex("job_locks_one_exclusive")
      .unique()
      .on("job_locks")
      .column("cluster_id")
      .where(sql.ref("mode"), "=", "exclusive")
      .execute();
    await db.schema
      .createIndex("job_locks_one_of_kind")
      .unique()
      .on("job_locks")
      .columns(["cluster_id", "kind"])
      .where(sql.ref("kind"), "in", ["backup", "load-example-data"])
      .execute();

    await db.schema
      .createTable("job_leases")
      .addColumn("job_id", "text", (column) => column.primaryKey().references("jobs.id"))
      .addColumn("cluster_id", "text", (column) => column.notNull().references("clusters.id"))
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("token", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("idempotency_keys")
      .addColumn("username", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("job_id", "text", (column) => column.notNull().references("jobs.id"))
      .addColumn("used_at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("idempotency_keys_key", ["username", "key"])
      .execute();
  },
};
