import type { CreateCredential } from "@snapdeck/backup-sql/ast/credential-statements";
import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlRows } from "@snapdeck/contract/sql";
import type { Clock } from "@snapdeck/core/clock";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { ConnectionObjects } from "@snapdeck/core/ports/database-backups";
import { AuditedAct } from "../audit/audited-act.ts";
import { KyselyAuditLog } from "../audit/kysely-audit-log.ts";
import type { Sealer } from "../secrets/sealer.ts";
import type { Actor } from "../services.ts";
import type { StateDb } from "../state/state-tables.ts";
import { altered } from "./altered.ts";
import { CatalogObjects } from "./catalog-objects.ts";
import {
  type AlterConnection,
  type ConnectionKind,
  type CreateConnection,
  type DescribeConnection,
  type DropConnection,
  kindOf,
  type ShowConnection,
  selectorOf,
  WORDS_OF,
} from "./connection-kind.ts";
import { settledName, shownName } from "./connection-name.ts";
import { describedRows, shownRows } from "./connection-rows.ts";
import { ConnectionTable } from "./connection-table.ts";
import { ConnectionWrites, connectionExists } from "./connection-writes.ts";
import { connectionNotFound } from "./not-found.ts";
import { mustBeComplete, storeDescription } from "./store-description.ts";
import type { StoreDescription, StoreOpener, StoreUse } from "./store-opener.ts";
import { mustPass } from "./store-test.ts";
import { readable, type StoredConnection, settled, textOf } from "./stored-connection.ts";

export type ConnectionCatalogParts = {
  readonly db: StateDb;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** How this server gets to the stores of a cluster. */
  readonly storesOf: (clusterId: ClusterId) => StoreOpener;
};

/**
 * The credentials, data sinks and data sources of the clusters. A name without a schema is in `default`. What changes something is written to
 * the audit trail, without secrets, in the same transaction (I30), and so is what is refused.
 */
export class ConnectionCatalog {
  readonly #db: StateDb;
  readonly #table: ConnectionTable;
  readonly #writes: ConnectionWrites;
  readonly #audited: AuditedAct;
  readonly #storesOf: ConnectionCatalogParts["storesOf"];

  constructor({ db, sealer, clock, storesOf }: ConnectionCatalogParts) {
    this.#db = db;
    this.#table = new ConnectionTable(sealer);
    this.#writes = new ConnectionWrites(db, this.#table, clock);
    this.#audited = new AuditedAct(new KyselyAuditLog(db, clock));
    this.#storesOf = storesOf;
  }

  /**
   * Makes one, or with OR REPLACE puts it in the place of one of that name. Unless VALIDATE is FALSE its store is tried out first.
   * @throws {SnapdeckError} `connection-exists`, `connection-not-found` for its credential, `connection-failed`, `bad-request`, `not-supported`
   */
  create(clusterId: ClusterId, statement: CreateConnection, actor: Actor): Promise<void> {
    return this.#orRefused(clusterId, "create", statement, statement.name, actor, async () => {
      const definition = settled(statement);
      textOf(definition);
      const key = { clusterId, kind: kindOf(definition), ...settledName(definition.name) };
      const { orReplace } = statement;
      if (!orReplace && (await this.#table.one(this.#db, key)) !== undefined) throw connectionExists(key);
      await this.#mustWork(clusterId, definition);
      await this.#writes.put(key, definition, { orReplace, actor });
    });
  }

  /** SET PROPERTY. @throws {SnapdeckError} as `create`, and `connection-not-found` */
  alter(clusterId: ClusterId, statement: AlterConnection, actor: Actor): Promise<void> {
    return this.#orRefused(clusterId, "alter", statement, statement.name, actor, async () => {
      const kind = kindOf(statement);
      for (let isDone = false; !isDone; ) {
        const before = await this.#find(clusterId, kind, statement.name);
        const definition = settled(altered(readable(before), statement));
        textOf(definition);
        await this.#mustWork(clusterId, definition);
        // Somebody else's change meanwhile is not overwritten: the properties are set on top of it.
        isDone = await this.#writes.exchange({ clusterId, ...before }, definition, actor);
      }
    });
  }

  /** One, or all: then either all go or none. @throws {SnapdeckError} `connection-not-found`, `connection-in-use` */
  drop(clusterId: ClusterId, statement: DropConnection, actor: Actor): Promise<void> {
    const selector = selectorOf(statement);
    const named = selector.kind === "named" ? selector.name : undefined;
    return this.#orRefused(clusterId, "drop", statement, named, actor, async () => {
      const kind = kindOf(statement);
      const wanted = named && settledName(await this.#find(clusterId, kind, named));
      await this.#writes.drop(clusterId, kind, wanted, actor);
    });
  }

  /** The statements that make them, by name, secrets masked. @throws {SnapdeckError} `connection-not-found` */
  async show(clusterId: ClusterId, statement: ShowConnection): Promise<SqlRows> {
    return shownRows(await this.#selected(clusterId, statement));
  }

  /** What they are, by name, secrets masked. @throws {SnapdeckError} `connection-not-found` */
  async describe(clusterId: ClusterId, statement: DescribeConnection): Promise<SqlRows> {
    return describedRows(kindOf(statement), await this.#selected(clusterId, statement));
  }

  /**
   * The store that a sink or a source leads to; whoever asks for it closes it.
   * @throws {SnapdeckError} `connection-not-found`, `store-unavailable`, `bad-request` or `not-supported` when it leads nowhere any more
   */
  async resolve(clusterId: ClusterId, use: StoreUse, name: QualifiedName): Promise<DatabaseBackupStore> {
    const found = readable(await this.#find(clusterId, use === "sink" ? "data-sink" : "data-source", name));
    const description = await this.#description(clusterId, found);
    if (description === undefined) throw new Error(`a ${use} leads to a store`);
    return this.#storesOf(clusterId).open(description, use);
  }

  /** Those of one cluster, for its database backups; what they change, the audit trail says was done by Snapdeck itself. */
  objects(clusterId: ClusterId): ConnectionObjects {
    return new CatalogObjects(clusterId, this.#db, this.#table, this.#writes);
  }

  async #mustWork(clusterId: ClusterId, definition: CreateConnection): Promise<void> {
    if (definition.kind === "create-credential") mustBeComplete(definition);
    const description = await this.#description(clusterId, definition);
    if (description === undefined || definition.kind === "create-credential") return;
    const stores = this.#storesOf(clusterId);
    const use = definition.kind === "create-data-sink" ? "sink" : "source";
    stores.judge(description, use);
    if (definition.options.validate === false) return;
    mustPass(definition, await stores.test(description, use));
  }

  /** Undefined for a credential. */
  async #description(clusterId: ClusterId, definition: CreateConnection): Promise<StoreDescription | undefined> {
    if (definition.kind === "create-credential") return undefined;
    const { credential } = definition.options;
    return storeDescription(definition, credential && (await this.#credential(clusterId, credential)));
  }

  async #credential(clusterId: ClusterId, name: QualifiedName): Promise<CreateCredential> {
    const found = readable(await this.#find(clusterId, "credential", name));
    if (found.kind !== "create-credential") throw new Error(`${shownName(name)} is no credential`);
    return found;
  }

  async #selected(clusterId: ClusterId, statement: ShowConnection | DescribeConnection): Promise<StoredConnection[]> {
    const [kind, selector] = [kindOf(statement), selectorOf(statement)];
    if (selector.kind === "all") return this.#table.all(this.#db, clusterId, kind);
    return [await this.#find(clusterId, kind, selector.name)];
  }

  async #find(clusterId: ClusterId, kind: ConnectionKind, wanted: QualifiedName): Promise<StoredConnection> {
    const found = await this.#table.one(this.#db, { clusterId, kind, ...settledName(wanted) });
    if (found !== undefined) return found;
    throw connectionNotFound(kind, wanted, await this.#table.all(this.#db, clusterId, kind));
  }

  #orRefused<T>(
    clusterId: ClusterId,
    deed: "create" | "alter" | "drop",
    statement: CreateConnection | AlterConnection | DropConnection,
    name: QualifiedName | undefined,
    actor: Actor,
    run: () => Promise<T>,
  ): Promise<T> {
    const kind = kindOf(statement);
    const what = name === undefined ? `all ${WORDS_OF[kind].many}` : `${WORDS_OF[kind].one} ${shownName(name)}`;
    return this.#audited.refusals(actor, `${kind}.${deed}`, `cluster ${clusterId} ${what}`, run);
  }
}
