import type { Kysely, Migration } from "kysely";

export const catalogMarksMigration: Migration = {
  async up(db: Kysely<unknown>) {
    // Beside the row of the cluster, which jobs lock: listing a backup waits for none of them.
    await db.schema
      .createTable("catalog_marks")
      .addColumn("cluster_id", "text", (column) => column.primaryKey())
      .addColumn("revision", "bigint", (column) => column.notNull())
      .execute();
  },
};
