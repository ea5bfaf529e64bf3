import { type Kysely, type Migration, PostgresAdapter, sql } from "kysely";

export const auditMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("audit")
      .addColumn("seq", "bigint", (column) => column.primaryKey())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("origin", "text", (column) => column.notNull())
      .addColumn("act", "text", (column) => column.notNull())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("result", "text", (column) => column.notNull())
      .addColumn("request_id", "text")
      .addColumn("previous_hash", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("audit_head")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("seq", "bigint", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .execute();

    // Triggers have no portable form.
    if (db.getExecutor().adapter instanceof PostgresAdapter) await refuseOnPostgres(db);
    else await refuseOnSqlite(db);
  },
};

async function refuseOnSqlite(db: Kysely<unknown>): Promise<void> {
  for (const act of ["update", "delete"]) {
    await sql`
      create trigger ${sql.ref(`audit_no_${act}`)} before ${sql.raw(act)} on audit
      begin select raise(abort, 'the audit trail is only appended to'); end
    `.execute(db);
  }
}

async function refuseOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function audit_refuse() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit trail is only appended to';
    end $$
  `.execute(db);
  for (const act of ["update", "delete", "truncate"]) {
    // For each statement: truncate knows no rows, and one that changes none is refused as well.
    await sql`
      create trigger ${sql.ref(`audit_no_${act}`)} before ${sql.raw(act)} on audit
      for each statement execute function audit_refuse()
    `.execute(db);
  }
}
