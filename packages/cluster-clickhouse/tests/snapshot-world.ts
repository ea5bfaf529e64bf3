import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { DatabaseBackups, SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { engineDestination, placeSettings } from "../src/snapshots/engine-destination.ts";
import { metadataReader } from "../src/snapshots/metadata-reader.ts";
import { roleOf } from "../src/snapshots/snapshot-paths.ts";
import { quoteStr } from "../src/sql.ts";
import { anOrder, confirmedBy, type EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";

const OPEN_STORE = join(
  fileURLToPath(new URL("../../..", import.meta.url)),
  "packages/object-store/src/database-backup/open-database-backup-store.ts",
);
const DIRECTORY_STORE = join(
  fileURLToPath(new URL("../../..", import.meta.url)),
  "packages/object-store/src/directory-store.ts",
);

const Named = z.object({ name: z.string() });

let restores = 0;

/** A host with a place for database backups, and what tests ask of it. */
export class SnapshotWorld {
  readonly host: EmbeddedHost;
  readonly cluster: ClickHouseCluster;
  readonly store: DatabaseBackupStore;
  #filled = 0;

  private constructor(host: EmbeddedHost, cluster: ClickHouseCluster, store: DatabaseBackupStore) {
    this.host = host;
    this.cluster = cluster;
    this.store = store;
  }

  static async open(host: EmbeddedHost): Promise<SnapshotWorld> {
    const [{ openDatabaseBackupStore }, { DirectoryStore }] = await Promise.all([
      import(OPEN_STORE),
      import(DIRECTORY_STORE),
    ]);
    const store = openDatabaseBackupStore({
      store: await DirectoryStore.open(host.backupRoot),
      sealer: host.sealer,
      reader: metadataReader,
      engine: { kind: "directory", root: host.backupRoot },
    });
    return SnapshotWorld.at(host, store);
  }

  /** The same with another place. */
  static async at(
    host: EmbeddedHost,
    store: DatabaseBackupStore,
    settings: Parameters<EmbeddedHost["cluster"]>[0] = {},
  ): Promise<SnapshotWorld> {
    return new SnapshotWorld(host, await host.cluster(settings), store);
  }

  /** The same place, as a console sees it that has another key. */
  async storeOf(sealer: EmbeddedHost["sealer"]): Promise<DatabaseBackupStore> {
    const [{ openDatabaseBackupStore }, { DirectoryStore }] = await Promise.all([
      import(OPEN_STORE),
      import(DIRECTORY_STORE),
    ]);
    return openDatabaseBackupStore({
      store: await DirectoryStore.open(this.host.backupRoot),
      sealer,
      reader: metadataReader,
      engine: this.store.engine,
    });
  }

  get backups(): DatabaseBackups {
    return this.cluster.databaseBackups;
  }

  place(name: string) {
    return { store: this.store, backup: DatabaseBackupName.parse(name) };
  }

  order(overrides: Partial<WorkOrder> = {}) {
    return { ...anOrder(overrides), requestedBy: "ana" };
  }

  full(
    name: string,
    schema: string,
    more: Partial<Extract<SnapshotRequest, { type: "full" }>> = {},
  ): SnapshotRequest & { type: "full" } {
    return {
      ...this.place(name),
      type: "full",
      ddl: `CREATE BACKUP ${name} OBJECTS (ALL = ${schema})`,
      objects: [{ type: "ALL", name: schema }],
      options: { checksum: false, ddlOnly: false },
      recreate: false,
      ...more,
    };
  }

  incremental(
    name: string,
    options: Extract<SnapshotRequest, { type: "incremental" }>["options"] = {},
  ): SnapshotRequest {
    return { ...this.place(name), type: "incremental", options };
  }

  differential(name: string, deleteIntermediate = false): SnapshotRequest {
    return { ...this.place(name), type: "differential", options: {}, deleteIntermediate };
  }

  /** Takes a snapshot that must succeed. */
  async take(request: SnapshotRequest, overrides: Partial<WorkOrder> = {}) {
    const evidence = await confirmedBy(this.backups.take({ ...request, ...this.order(overrides) }, NEVER));
    if (evidence.kind !== "database-backup") throw new Error(`a snapshot gave evidence of ${evidence.kind}`);
    return evidence;
  }

  /** Takes a snapshot; answers its id. */
  async id(request: SnapshotRequest): Promise<SnapshotId> {
    const { snapshotId } = await this.take(request);
    if (snapshotId === undefined) throw new Error("no snapshot was taken");
    return snapshotId;
  }

  async info(name: string) {
    const read = await this.store.read(this.place(name).backup);
    if (read === undefined) throw new Error(`there is no backup ${name}`);
    return read.info;
  }

  /** The checksum of each table of a schema by name, on all ranks together; views show what others hold. */
  async contents(schema: string): Promise<Record<string, string>> {
    const rows = await this.host.ask(
      Named,
      `SELECT name FROM system.tables WHERE database = ${quoteStr(schema)} AND engine != 'View' AND NOT startsWith(name, '.inner')`,
    );
    const contents: Record<string, string> = {};
    for (const name of [...new Set(rows.map((row) => row.name))].sort()) {
      contents[name] = (await this.cluster.data.checksum(schema, name, NEVER)).checksum;
    }
    return contents;
  }

  /** What the engines themselves bring back of a snapshot, with nothing but their own RESTORE. */
  async restored(name: string, id: number, schema: string): Promise<Record<string, string>> {
    restores += 1;
    const target = `restored_${restores}`;
    const snapshot = (await this.info(name)).snapshots.find((each) => each.id === id);
    if (snapshot === undefined) throw new Error(`snapshot ${id} is not listed`);
    await this.host.run(`CREATE DATABASE ${target}`);
    for (const { path } of snapshot.folders) {
      const rank = roleOf(path)?.rank;
      const { metadata } = await this.store.metadata(this.place(name).backup, id, path);
      const tables = metadata.files.flatMap((file) => {
        const [, database, table] = /^metadata\/([^/]+)\/([^/]+)\.sql$/.exec(file.name) ?? [];
        return database === schema && table !== undefined ? [table] : [];
      });
      if (tables.length === 0) continue;
      const list = tables.map((table) => `TABLE ${schema}.${table} AS ${target}.${table}`).join(", ");
      const from = engineDestination(this.store.engine, `${name}/${id}/${path}`);
      const settings = ["allow_different_table_def = 1", ...placeSettings(this.store.engine)].join(", ");
      await this.host.runOn(rank ?? 0, `RESTORE ${list} FROM ${from} SETTINGS ${settings}`);
    }
    const contents = await this.contents(target);
    await this.host.run(`DROP DATABASE ${target} SYNC`);
    return contents;
  }

  /** Tables of every kind that a snapshot keeps in its own way. */
  async town(schema: string): Promise<void> {
    await this.host.run(
      `CREATE DATABASE ${schema}`,
      `CREATE TABLE ${schema}.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n`,
      `CREATE TABLE ${schema}.newest (n UInt64, s String) ENGINE = ReplacingMergeTree ORDER BY n`,
      `CREATE TABLE ${schema}.log (n UInt64, s String) ENGINE = Log`,
      `CREATE TABLE ${schema}.tiny (n UInt64, s String) ENGINE = TinyLog`,
      `CREATE TABLE ${schema}.stripe (n UInt64, s String) ENGINE = StripeLog`,
      `CREATE TABLE ${schema}.memory (n UInt64, s String) ENGINE = Memory`,
      `CREATE VIEW ${schema}.evens AS SELECT n FROM ${schema}.parts WHERE n % 2 = 0`,
      `CREATE VIEW ${schema}.few AS SELECT n FROM ${schema}.evens INNER JOIN ${schema}.log USING n`,
      `CREATE MATERIALIZED VIEW ${schema}.sums ENGINE = MergeTree ORDER BY s AS SELECT s, n FROM ${schema}.parts`,
    );
    await this.fill(schema, 0, 1_000);
  }

  async fill(schema: string, from = this.#filled, rows = 10): Promise<void> {
    this.#filled = from + rows;
    for (const table of ["parts", "newest", "log", "tiny", "stripe", "memory"]) {
      await this.host.run(
        `INSERT INTO ${schema}.${table} SELECT number + ${from}, toString(number % 5) FROM numbers(${rows})`,
      );
    }
  }
}

/** The code of the problem that work ends in; none when it does not. */
export const refusal = (work: AsyncIterable<WorkReport> | Promise<unknown>) =>
  ("then" in work ? work : reportsOf(work)).then(
    () => "none",
    (thrown: unknown) => (thrown instanceof SnapdeckError ? thrown.code : String(thrown)),
  );
