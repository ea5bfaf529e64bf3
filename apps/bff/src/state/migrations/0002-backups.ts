import type { Kysely, Migration } from "kysely";

export const backupsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("backups")
      .addColumn("cluster_id", "text", (column) => column.notNull())
      .addColumn("backup_id", "text", (column) => column.notNull())
      .addColumn("taken_at", "text", (column) => column.notNull())
      .addColumn("size_bytes", "bigint", (column) => column.notNull())
      .addColumn("search_text", "text", (column) => column.notNull())
      .addColumn("backup", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("backups_key", ["cluster_id", "backup_id"])
      .execute();
    // The indexes carry the text that is searched, so that a search reads only the rows it shows.
    await db.schema
      .createIndex("backups_by_age")
      .on("backups")
      .columns(["cluster_id", "taken_at", "backup_id", "search_text"])
      .execute();
    await db.schema
      .createIndex("backups_by_size")
      .on("backups")
      .columns(["cluster_id", "size_bytes", "backup_id", "search_text"])
      .execute();

    await db.schema
      .createTable("inventories")
      .addColumn("cluster_id", "text", (column) => column.primaryKey())
      .addColumn("observed_at", "text", (column) => column.notNull())
      .addColumn("inventory", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("restore_plans")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("cluster_id", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      .addColumn("plan", "text", (column) => column.notNull())
      .addColumn("world", "text", (column) => column.notNull())
      .execute();
  },
};
