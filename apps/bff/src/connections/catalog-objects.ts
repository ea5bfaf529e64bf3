import { randomUUID } from "node:crypto";
import { printStatement } from "@snapdeck/backup-sql/print-statement";
import type { StoredObjectRef } from "@snapdeck/contract/database-object";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ConnectionObjects } from "@snapdeck/core/ports/database-backups";
import type { StateDb } from "../state/state-tables.ts";
import { systemActor } from "../system-actor.ts";
import { CONNECTION_KINDS, kindOf, WORDS_OF } from "./connection-kind.ts";
import { settledName, shownName } from "./connection-name.ts";
import type { ConnectionKey, ConnectionTable } from "./connection-table.ts";
import { type ConnectionWrites, connectionExists } from "./connection-writes.ts";
import { connectionNotFound } from "./not-found.ts";
import { definitionOf, readable, settled } from "./stored-connection.ts";

/**
 * The catalog as database backups see it. They put things back in an order of their own and may do so without the network, so nothing is
 * tried out here, and a credential need not be there yet, or may go before what uses it.
 */
export class CatalogObjects implements ConnectionObjects {
  readonly #clusterId: ClusterId;
  readonly #db: StateDb;
  readonly #table: ConnectionTable;
  readonly #writes: ConnectionWrites;
  readonly #actor = systemActor(randomUUID);

  constructor(clusterId: ClusterId, db: StateDb, table: ConnectionTable, writes: ConnectionWrites) {
    this.#clusterId = clusterId;
    this.#db = db;
    this.#table = table;
    this.#writes = writes;
  }

  async list(schema?: string): Promise<StoredObjectRef[]> {
    const refs: StoredObjectRef[] = [];
    for (const kind of CONNECTION_KINDS) {
      const type = WORDS_OF[kind].objectType;
      const found = await this.#table.all(this.#db, this.#clusterId, kind, schema);
      refs.push(...found.map((each) => ({ type, schema: each.schema, name: each.name })));
    }
    return refs;
  }

  async definition(ref: StoredObjectRef): Promise<string | undefined> {
    const found = await this.#table.one(this.#db, this.#keyOf(ref));
    return found === undefined ? undefined : printStatement(readable(found));
  }

  async make(ref: StoredObjectRef, text: string): Promise<void> {
    const key = this.#keyOf(ref);
    const definition = definitionOf(text);
    if (definition === undefined || kindOf(definition) !== key.kind) {
      const { one } = WORDS_OF[key.kind];
      throw new SnapdeckError(
        "backup-unusable",
        `what the backup holds as ${one} ${shownName(key)} is none; nothing was made`,
      );
    }
    const { schema, name } = key;
    const named = settled({ ...definition, name: { schema, name } });
    await this.#writes.alone(async (trx) => {
      if (!(await this.#writes.insert(trx, key, named, this.#actor))) throw connectionExists(key);
    });
  }

  move(ref: StoredObjectRef, schema: string): Promise<void> {
    const from = this.#keyOf(ref);
    const to = { ...from, ...settledName({ schema, name: from.name }) };
    return this.#writes.alone(async (trx) => {
      const found = await this.#table.one(trx, from);
      if (found === undefined) {
        throw connectionNotFound(from.kind, from, await this.#table.all(trx, this.#clusterId, from.kind));
      }
      const moved = settled({ ...readable(found), name: { schema: to.schema, name: to.name } });
      await this.#writes.remove(trx, from, this.#actor);
      if (!(await this.#writes.insert(trx, to, moved, this.#actor))) throw connectionExists(to);
    });
  }

  remove(ref: StoredObjectRef): Promise<void> {
    const key = this.#keyOf(ref);
    return this.#writes.alone(async (trx) => {
      if ((await this.#table.one(trx, key)) !== undefined) await this.#writes.remove(trx, key, this.#actor);
    });
  }

  #keyOf({ type, schema, name }: StoredObjectRef): ConnectionKey {
    const kind = CONNECTION_KINDS.find((each) => WORDS_OF[each].objectType === type);
    if (kind === undefined) throw new Error(`the catalog holds no ${type}`);
    return { clusterId: this.#clusterId, kind, ...settledName(schema === undefined ? { name } : { schema, name }) };
  }
}
