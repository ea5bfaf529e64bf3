import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { DatabaseObjectRef, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { ConnectionObjects, SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import { refKey } from "@snapdeck/core/snapshots/restore-request";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { RankClients } from "../src/rank-clients.ts";
import { metadataReader } from "../src/snapshots/metadata-reader.ts";
import { anOrder, confirmedBy, EmbeddedHost, type HostOptions, NEVER } from "./embedded-host.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const OPEN_STORE = join(REPOSITORY, "packages/object-store/src/database-backup/open-database-backup-store.ts");
const DIRECTORY_STORE = join(REPOSITORY, "packages/object-store/src/directory-store.ts");

/** What the console keeps, in memory. */
export class SomeConnections implements ConnectionObjects {
  readonly #texts = new Map<string, { ref: StoredObjectRef; text: string }>();

  async list(schema?: string): Promise<StoredObjectRef[]> {
    return [...this.#texts.values()]
      .map(({ ref }) => ref)
      .filter((ref) => schema === undefined || ref.schema === schema);
  }

  async definition(ref: StoredObjectRef): Promise<string | undefined> {
    return this.#texts.get(refKey(ref))?.text;
  }

  async make(ref: StoredObjectRef, text: string): Promise<void> {
    if (this.#texts.has(refKey(ref))) throw new SnapdeckError("connection-exists", `${ref.name} exists`);
    this.#texts.set(refKey(ref), { ref, text });
  }

  async move(ref: StoredObjectRef, schema: string): Promise<void> {
    const text = (await this.definition(ref)) ?? "";
    await this.make({ ...ref, schema }, text);
    await this.remove(ref);
  }

  async remove(ref: StoredObjectRef): Promise<void> {
    this.#texts.delete(refKey(ref));
  }
}

const ByName = z.object({ database: z.string(), name: z.string(), engine: z.string() });

/** A cluster with a store for database backups. */
export class RestoreWorld {
  readonly host: EmbeddedHost;
  readonly cluster: ClickHouseCluster;
  readonly connections: SomeConnections;
  readonly store: DatabaseBackupStore;

  private constructor(
    host: EmbeddedHost,
    cluster: ClickHouseCluster,
    connections: SomeConnections,
    store: DatabaseBackupStore,
  ) {
    this.host = host;
    this.cluster = cluster;
    this.connections = connections;
    this.store = store;
  }

  static async open(options: HostOptions = {}): Promise<RestoreWorld> {
    const host = await EmbeddedHost.start(options);
    const connections = new SomeConnections();
    await mkdir(host.backupRoot, { recursive: true });
    const cluster = await host.cluster({}, { connections });
    return new RestoreWorld(host, cluster, connections, await storeAt(host, host.backupRoot));
  }

  get backups() {
    return this.cluster.databaseBackups;
  }

  order(overrides: Partial<WorkOrder> = {}): WorkOrder & { readonly requestedBy: string } {
    return { ...anOrder(overrides), requestedBy: "ana" };
  }

  /** Runs statements on one rank alone. */
  async runOn(rank: number, ...statements: string[]): Promise<void> {
    const clients = new RankClients(() => this.host.host.endpoints());
    try {
      const client = (await clients.all()).find((each) => each.rank === rank);
      for (const statement of statements) await client?.run("a test", statement);
    } finally {
      await clients.close();
    }
  }

  /** Takes a full snapshot; answers its id. */
  async create(name: string, objects: readonly DatabaseObjectRef[], ddlOnly = false): Promise<number> {
    const backup = DatabaseBackupName.parse(name);
    const evidence = await confirmedBy(
      this.backups.take(
        {
          ...this.order(),
          store: this.store,
          backup,
          type: "full",
          ddl: `CREATE BACKUP ${name}`,
          objects,
          options: { checksum: false, ddlOnly },
          recreate: false,
        },
        NEVER,
      ),
    );
    return takenBy(evidence);
  }

  async add(name: string): Promise<number> {
    const backup = DatabaseBackupName.parse(name);
    return takenBy(
      await confirmedBy(
        this.backups.take({ ...this.order(), store: this.store, backup, type: "incremental", options: {} }, NEVER),
      ),
    );
  }

  request(name: string, changes: Partial<SnapshotRestoreRequest> = {}): SnapshotRestoreRequest {
    return {
      store: this.store,
      backup: DatabaseBackupName.parse(name),
      objects: [{ type: "ALL", name: "shop" }],
      policy: "none",
      renamedObjectsSchema: "aside",
      createSchemas: true,
      ddlOnly: false,
      targetSchemas: new Map(),
      checksum: false,
      ...changes,
    };
  }

  /** A restore that must succeed. */
  async restore(name: string, changes: Partial<SnapshotRestoreRequest> = {}) {
    return confirmedBy(this.backups.restore({ ...this.order(), ...this.request(name, changes) }, NEVER));
  }

  /** Tables and views of a schema that hold or show rows, with rows and checksum over all ranks. */
  async contents(schema: string): Promise<Record<string, string>> {
    const found = await this.host.ask(
      ByName,
      `SELECT database, name, engine FROM system.tables WHERE database = '${schema}'`,
    );
    const names = new Set(found.filter(({ name }) => !name.startsWith(".inner")).map(({ name }) => name));
    const contents: Record<string, string> = {};
    for (const name of [...names].sort()) {
      const { rows, checksum } = await this.cluster.data.checksum(schema, name, NEVER);
      contents[name] = `${rows} ${checksum}`;
    }
    return contents;
  }

  /** What restores leave behind on any rank, by name. */
  async staging(): Promise<string[]> {
    const rows = await this.host.ask(
      z.object({ name: z.string() }),
      `SELECT name FROM system.databases WHERE startsWith(name, '_snapdeck') UNION ALL
       SELECT concat(database, '.', name) AS name FROM system.tables WHERE startsWith(name, '_snapdeck')`,
    );
    return rows.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}

/** The database backups in a directory, as a console with that key sees them. */
export async function storeAt(host: EmbeddedHost, root: string, sealer = host.sealer): Promise<DatabaseBackupStore> {
  const { openDatabaseBackupStore } = await import(OPEN_STORE);
  const { DirectoryStore } = await import(DIRECTORY_STORE);
  return openDatabaseBackupStore({
    store: await DirectoryStore.open(root),
    sealer,
    reader: metadataReader,
    engine: { kind: "directory", root },
  });
}

export async function overwrite(path: string): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  const bytes = await readFile(path);
  const other = randomBytes(bytes.length);
  await writeFile(path, other);
}

function takenBy(evidence: Awaited<ReturnType<typeof confirmedBy>>): number {
  if (evidence.kind !== "database-backup" || evidence.snapshotId === undefined)
    throw new Error("no snapshot was taken");
  return evidence.snapshotId;
}

/** Tables and views of each kind that a restore meets. */
export const SHOP = [
  "CREATE DATABASE shop",
  "CREATE FUNCTION doubled AS (x) -> x * 2",
  "CREATE TABLE shop.orders (n UInt64, s String, d UInt64 MATERIALIZED doubled(n)) ENGINE = MergeTree PARTITION BY n % 3 ORDER BY n",
  "INSERT INTO shop.orders (n, s) SELECT number, toString(number) FROM numbers(5000)",
  "CREATE TABLE shop.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n",
  "INSERT INTO shop.newest SELECT number, 'a' FROM numbers(100)",
  "INSERT INTO shop.newest SELECT number, 'b' FROM numbers(50)",
  "CREATE TABLE shop.log (n UInt64) ENGINE = Log",
  "INSERT INTO shop.log SELECT number FROM numbers(300)",
  "CREATE TABLE shop.empty (n UInt64) ENGINE = MergeTree ORDER BY n",
  "CREATE TABLE shop.masked (n UInt64) ENGINE = MergeTree ORDER BY n",
  "INSERT INTO shop.masked SELECT number FROM numbers(1000)",
  "DELETE FROM shop.masked WHERE n < 100",
  "CREATE VIEW shop.big AS SELECT o.n, doubled(o.n) AS twice FROM shop.orders AS o WHERE o.n IN (SELECT n FROM shop.log)",
  "CREATE VIEW shop.bigger AS SELECT count() AS c FROM shop.big",
  "CREATE MATERIALIZED VIEW shop.totals ENGINE = MergeTree ORDER BY k AS SELECT n % 10 AS k, 1 AS c FROM shop.orders",
  "CREATE TABLE shop.lates (n UInt64) ENGINE = MergeTree ORDER BY n",
  "CREATE MATERIALIZED VIEW shop.to_lates TO shop.lates AS SELECT n FROM shop.orders WHERE s = 'late'",
  "INSERT INTO shop.orders (n, s) SELECT number, 'late' FROM numbers(500)",
];

/** Other rows in some of it, and one table less. */
export const CHANGES = [
  "INSERT INTO shop.orders (n, s) SELECT number, 'changed' FROM numbers(33)",
  "INSERT INTO shop.log SELECT number FROM numbers(7)",
  "DROP TABLE IF EXISTS shop.empty SYNC",
];
