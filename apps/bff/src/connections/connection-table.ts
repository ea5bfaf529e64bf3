import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Selectable } from "kysely";
import type { Sealer } from "../secrets/sealer.ts";
import type { StateDb, StateTables } from "../state/state-tables.ts";
import { type ConnectionKind, type CreateConnection, kindOf } from "./connection-kind.ts";
import type { SchemaAndName } from "./connection-name.ts";
import { definitionOf, type StoredConnection, textOf } from "./stored-connection.ts";

export type ConnectionKey = SchemaAndName & { readonly clusterId: ClusterId; readonly kind: ConnectionKind };

type Row = Selectable<StateTables["connections"]>;

/** The rows of the catalog, sealed and unsealed. Each method takes the database or the transaction that it works in. */
export class ConnectionTable {
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** By schema and name. */
  async all(db: StateDb, clusterId: ClusterId, kind: ConnectionKind, schema?: string): Promise<StoredConnection[]> {
    const rows = await db
      .selectFrom("connections")
      .selectAll()
      .where("cluster_id", "=", clusterId)
      .where("kind", "=", kind)
      .$if(schema !== undefined, (query) => query.where("schema", "=", schema ?? ""))
      .orderBy("schema")
      .orderBy("name")
      .execute();
    return rows.map((row) => this.#stored(kind, row));
  }

  async one(db: StateDb, key: ConnectionKey): Promise<StoredConnection | undefined> {
    const row = await db
      .selectFrom("connections")
      .selectAll()
      .where((eb) => eb.and(columnsOf(key)))
      .executeTakeFirst();
    return row === undefined ? undefined : this.#stored(key.kind, row);
  }

  /** Whether it was made: not when there is one of that name. */
  async insert(
    db: StateDb,
    key: ConnectionKey,
    definition: CreateConnection,
    at: string,
    by: string,
  ): Promise<boolean> {
    const made = await db
      .insertInto("connections")
      .values({
        ...columnsOf(key),
        definition: this.#sealer.seal(textOf(definition)),
        created_at: at,
        created_by: by,
        changed_at: at,
      })
      .onConflict((conflict) => conflict.columns(["cluster_id", "kind", "schema", "name"]).doNothing())
      .returning("name")
      .executeTakeFirst();
    return made !== undefined;
  }

  async update(db: StateDb, key: ConnectionKey, definition: CreateConnection, at: string): Promise<void> {
    await db
      .updateTable("connections")
      .set({ definition: this.#sealer.seal(textOf(definition)), changed_at: at })
      .where((eb) => eb.and(columnsOf(key)))
      .execute();
  }

  async delete(db: StateDb, key: ConnectionKey): Promise<void> {
    await db
      .deleteFrom("connections")
      .where((eb) => eb.and(columnsOf(key)))
      .execute();
  }

  #stored(kind: ConnectionKind, { schema, name, definition: sealed }: Row): StoredConnection {
    return { kind, schema, name, sealed, definition: this.#unsealed(kind, { schema, name }, sealed) };
  }

  /** What is sealed says what it is, so that one cannot be put into the place of another. */
  #unsealed(kind: ConnectionKind, { schema, name }: SchemaAndName, sealed: string): CreateConnection | undefined {
    let text: string;
    try {
      text = this.#sealer.unseal(sealed);
    } catch {
      return undefined;
    }
    const definition = definitionOf(text);
    if (definition === undefined || kindOf(definition) !== kind) return undefined;
    return definition.name.schema === schema && definition.name.name === name ? definition : undefined;
  }
}

/** The columns that name a row. */
function columnsOf({ clusterId, kind, schema, name }: ConnectionKey) {
  return { cluster_id: clusterId, kind, schema, name };
}
