import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import { appendAudit, lockTrail } from "../audit/append-audit.ts";
import type { Actor } from "../services.ts";
import type { StateDb, StateTransaction } from "../state/state-tables.ts";
import { inTransaction } from "../state/transactions.ts";
import { type ConnectionKind, type CreateConnection, WORDS_OF } from "./connection-kind.ts";
import { type SchemaAndName, shownName } from "./connection-name.ts";
import type { ConnectionKey, ConnectionTable } from "./connection-table.ts";
import { connectionNotFound } from "./not-found.ts";
import { credentialsOf, type StoredConnection } from "./stored-connection.ts";

type Deed = "create" | "replace" | "alter" | "drop";

/** How many that use a credential are named in a message. */
const MAX_USERS_NAMED = 5;

/** What changes the catalog: each in one transaction with its entry in the audit trail (I30). */
export class ConnectionWrites {
  readonly #db: StateDb;
  readonly #table: ConnectionTable;
  readonly #clock: Clock;

  constructor(db: StateDb, table: ConnectionTable, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
  }

  /** @throws {SnapdeckError} `connection-exists`, `connection-not-found` when its credential has gone */
  put(key: ConnectionKey, definition: CreateConnection, how: { orReplace: boolean; actor: Actor }): Promise<void> {
    return this.alone(async (trx) => {
      await this.#mustHaveCredentials(trx, key.clusterId, definition);
      if (await this.insert(trx, key, definition, how.actor)) return;
      if (!how.orReplace) throw connectionExists(key);
      await this.#table.update(trx, key, definition, this.#clock());
      await this.#note(trx, how.actor, "replace", key);
    });
  }

  /** Whether it was exchanged: not when it is no longer the one that was read. @throws {SnapdeckError} `connection-not-found` */
  exchange(read: StoredConnection & ConnectionKey, definition: CreateConnection, actor: Actor): Promise<boolean> {
    return this.alone(async (trx) => {
      const now = await this.#table.one(trx, read);
      if (now === undefined) throw await this.#notFound(trx, read);
      if (now.sealed !== read.sealed) return false;
      await this.#mustHaveCredentials(trx, read.clusterId, definition);
      await this.#table.update(trx, read, definition, this.#clock());
      await this.#note(trx, actor, "alter", read);
      return true;
    });
  }

  /** @param wanted all of the kind when absent. @throws {SnapdeckError} `connection-not-found`, `connection-in-use` */
  drop(clusterId: ClusterId, kind: ConnectionKind, wanted: SchemaAndName | undefined, actor: Actor): Promise<void> {
    return this.alone(async (trx) => {
      const going = wanted === undefined ? await this.#table.all(trx, clusterId, kind) : [wanted];
      if (kind === "credential") await this.#mustBeUnused(trx, clusterId, going);
      for (const { schema, name } of going) {
        const key = { clusterId, kind, schema, name };
        if ((await this.#table.one(trx, key)) === undefined) throw await this.#notFound(trx, key);
        await this.remove(trx, key, actor);
      }
    });
  }

  /** One change, in a transaction that no other change of a catalog runs beside. */
  alone<T>(act: (trx: StateTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.#db, async (trx) => {
      // First: of two, one of which names a credential that the other drops, the second must see what the first did.
      await lockTrail(trx);
      return act(trx);
    });
  }

  /** Whether it was made: not when there is one of that name. */
  async insert(
    trx: StateTransaction,
    key: ConnectionKey,
    definition: CreateConnection,
    actor: Actor,
  ): Promise<boolean> {
    if (!(await this.#table.insert(trx, key, definition, this.#clock(), actor.username))) return false;
    await this.#note(trx, actor, "create", key);
    return true;
  }

  async remove(trx: StateTransaction, key: ConnectionKey, actor: Actor): Promise<void> {
    await this.#table.delete(trx, key);
    await this.#note(trx, actor, "drop", key);
  }

  #note(trx: StateTransaction, actor: Actor, deed: Deed, { clusterId, kind, ...name }: ConnectionKey): Promise<void> {
    return appendAudit(trx, {
      at: this.#clock(),
      actor: actor.username,
      origin: actor.origin,
      requestId: actor.requestId,
      act: `${kind}.${deed}`,
      target: `cluster ${clusterId} ${WORDS_OF[kind].one} ${shownName(name)}`,
      result: "done",
    });
  }

  async #mustHaveCredentials(trx: StateTransaction, clusterId: ClusterId, definition: CreateConnection): Promise<void> {
    for (const name of credentialsOf(definition)) {
      const key: ConnectionKey = { clusterId, kind: "credential", ...name };
      if ((await this.#table.one(trx, key)) === undefined) throw await this.#notFound(trx, key);
    }
  }

  async #mustBeUnused(trx: StateTransaction, clusterId: ClusterId, going: readonly SchemaAndName[]): Promise<void> {
    const users: string[] = [];
    for (const kind of ["data-sink", "data-source"] as const) {
      for (const { definition, ...user } of await this.#table.all(trx, clusterId, kind)) {
        const isUser = definition !== undefined && credentialsOf(definition).some((used) => isAmong(going, used));
        if (isUser) users.push(`${WORDS_OF[kind].one} ${shownName(user)}`);
      }
    }
    if (users.length === 0) return;
    const [only, ...others] = going;
    const subject =
      only !== undefined && others.length === 0 ? `the credential ${shownName(only)} is` : "credentials are";
    const more = users.length > MAX_USERS_NAMED ? ` and ${users.length - MAX_USERS_NAMED} more` : "";
    throw new SnapdeckError(
      "connection-in-use",
      `${subject} used by ${users.slice(0, MAX_USERS_NAMED).join(", ")}${more}; nothing was dropped`,
      { hint: "Drop those first, or let them use another credential." },
    );
  }

  async #notFound(trx: StateTransaction, { clusterId, kind, ...name }: ConnectionKey): Promise<SnapdeckError> {
    return connectionNotFound(kind, name, await this.#table.all(trx, clusterId, kind));
  }
}

export function connectionExists({ kind, ...name }: ConnectionKey): SnapdeckError {
  const { one, objectType } = WORDS_OF[kind];
  return new SnapdeckError("connection-exists", `there is a ${one} ${shownName(name)} already; it was left as it is`, {
    hint: `Choose another name, or write CREATE OR REPLACE ${objectType}.`,
  });
}

function isAmong(names: readonly SchemaAndName[], wanted: SchemaAndName): boolean {
  return names.some(({ schema, name }) => schema === wanted.schema && name === wanted.name);
}
