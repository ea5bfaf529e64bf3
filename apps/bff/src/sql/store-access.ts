import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { DEFAULT_SCHEMA } from "../connections/connection-name.ts";
import type { StoreUse } from "../connections/store-opener.ts";
import { connectionOf, statementOfWork } from "./backup-work-statement.ts";
import type { Connections } from "./connections.ts";

/** Which data sink or data source a statement names. */
export type ConnectionUse = { readonly use: StoreUse; readonly name: QualifiedName };

/** So many statements are looked through for a backup that should be there. */
const REMEMBERED_STATEMENTS = 1_000;

/** Opens the stores of statements, each for as long as it is needed. */
export class StoreAccess {
  readonly #connections: Pick<Connections, "resolve">;
  readonly #jobs: Pick<JobStore, "lastSucceeded">;

  constructor(connections: Pick<Connections, "resolve">, jobs: Pick<JobStore, "lastSucceeded">) {
    this.#connections = connections;
    this.#jobs = jobs;
  }

  /** The store is closed when `work` has ended, however it did. @throws {SnapdeckError} as `open`, and what `work` throws */
  async during<T>(
    clusterId: ClusterId,
    connection: ConnectionUse,
    work: (store: DatabaseBackupStore) => Promise<T>,
  ): Promise<T> {
    const store = await this.open(clusterId, connection);
    try {
      return await work(store);
    } finally {
      store.close();
    }
  }

  /**
   * For whoever closes it.
   * @throws {SnapdeckError} `store-unavailable`, also when it looks as if it were not mounted; what `resolve` throws
   */
  async open(clusterId: ClusterId, connection: ConnectionUse): Promise<DatabaseBackupStore> {
    const store = await this.#connections.resolve(clusterId, connection.use, connection.name);
    try {
      await this.#mustBeMounted(clusterId, connection, store);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** A directory whose disk is away looks like one that nobody ever wrote to; a bucket that is away says so. */
  async #mustBeMounted(clusterId: ClusterId, connection: ConnectionUse, store: DatabaseBackupStore): Promise<void> {
    if (store.engine.kind !== "directory" || (await store.files.folders()).length > 0) return;
    const known = await this.#knownBackup(clusterId, connection, store.files.name);
    if (known === undefined) return;
    throw new SnapdeckError(
      "store-unavailable",
      `${store.files.name} is empty, though backup ${known} was taken there and not dropped since: it is not mounted, or another directory; nothing was changed`,
      { hint: "Mount it again. If it was emptied on purpose, make an empty folder in it." },
    );
  }

  /** One that this console took to that directory, and did not drop. */
  async #knownBackup(clusterId: ClusterId, own: ConnectionUse, directory: string): Promise<string | undefined> {
    const dropped = new Set<string>();
    const leadsThere = new Map([[keyOf(own), true]]);
    for (const job of await this.#jobs.lastSucceeded(clusterId, "database-backup", REMEMBERED_STATEMENTS)) {
      const done = doneBy(job);
      if (done === undefined) continue;
      const key = keyOf(done.connection);
      const isThere = leadsThere.get(key) ?? (await this.#leadsTo(clusterId, done.connection, directory));
      leadsThere.set(key, isThere);
      if (!isThere) continue;
      for (const backup of done.backups) {
        if (done.deed === "take" && !dropped.has(backup)) return backup;
        dropped.add(backup);
      }
    }
    return undefined;
  }

  async #leadsTo(clusterId: ClusterId, { use, name }: ConnectionUse, directory: string): Promise<boolean> {
    try {
      const store = await this.#connections.resolve(clusterId, use, name);
      store.close();
      return store.files.name === directory;
    } catch (error) {
      if (error instanceof SnapdeckError) return false;
      throw error;
    }
  }
}

function keyOf({ use, name: { schema = DEFAULT_SCHEMA, name } }: ConnectionUse): string {
  return JSON.stringify([use, schema, name]);
}

/** What a statement wrote or removed, and where; undefined for others. */
function doneBy({ work, state }: Job) {
  if (work.kind !== "database-backup" || (work.deed !== "take" && work.deed !== "drop")) return undefined;
  if (state.name !== "succeeded" || state.evidence.kind !== "database-backup") return undefined;
  const { deed } = work;
  const backups = deed === "take" ? [work.backup] : state.evidence.backups;
  return { deed, backups, connection: connectionOf(statementOfWork(work)) };
}
