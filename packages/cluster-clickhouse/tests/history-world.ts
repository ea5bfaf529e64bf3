import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { AlterRequest, DatabaseBackups, SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { metadataReader } from "../src/snapshots/metadata-reader.ts";
import { anOrder, confirmedBy, type EmbeddedHost, NEVER } from "./embedded-host.ts";
import { type HistoryCommand, SLOTS } from "./history-commands.ts";
import { stoppingAt } from "./stopping-store.ts";

const OPEN_STORE = join(
  fileURLToPath(new URL("../../..", import.meta.url)),
  "packages/object-store/src/database-backup/open-database-backup-store.ts",
);

/** The checksum of each table and view by name. */
type Contents = ReadonlyMap<string, string>;

const ByName = z.object({ name: z.string(), engine: z.string() });

/** One schema, one backup of it, and what each snapshot of that must hold. */
export class HistoryWorld {
  readonly #host: EmbeddedHost;
  readonly #cluster: ClickHouseCluster;
  readonly #backups: DatabaseBackups;
  readonly #store: DatabaseBackupStore;
  readonly #schema: string;
  readonly #backup: DatabaseBackupName;
  /** What each snapshot that was ever taken holds; those that are not listed any more stay. */
  readonly #held = new Map<number, Contents>();
  /** Rows are told apart by a number that only grows, so that no merge ever folds two into one. */
  #rows = 0;

  private constructor(host: EmbeddedHost, cluster: ClickHouseCluster, store: DatabaseBackupStore, number: number) {
    if (cluster.databaseBackups === undefined) throw new Error("this cluster takes no database backups");
    this.#host = host;
    this.#cluster = cluster;
    this.#backups = cluster.databaseBackups;
    this.#store = store;
    this.#schema = `history_${number}`;
    this.#backup = DatabaseBackupName.parse(this.#schema);
  }

  static async open(host: EmbeddedHost, number: number): Promise<HistoryWorld> {
    const { openDatabaseBackupStore } = await import(OPEN_STORE);
    const store = openDatabaseBackupStore({
      store: await host.store(),
      sealer: host.sealer,
      reader: metadataReader,
      engine: { kind: "directory", root: host.storeRoot },
    });
    const world = new HistoryWorld(host, await host.cluster(), store, number);
    await host.run(
      `CREATE DATABASE ${world.#schema}`,
      `CREATE TABLE ${world.#schema}.first (n UInt64, s String) ENGINE = MergeTree ORDER BY n`,
      `INSERT INTO ${world.#schema}.first SELECT number, toString(number) FROM numbers(1000)`,
    );
    await world.#take({ ...world.#full(), recreate: false });
    return world;
  }

  async do(command: HistoryCommand): Promise<void> {
    switch (command.do) {
      case "incremental":
        return this.#take(
          {
            ...this.#place,
            type: "incremental",
            options: {
              checksum: command.checksum,
              ...(command.cap === undefined ? {} : { maxIncrementalBackupsToKeep: command.cap }),
            },
          },
          command.crash,
        );
      case "differential":
        return this.#take(
          { ...this.#place, type: "differential", options: {}, deleteIntermediate: command.deleteIntermediate },
          command.crash,
        );
      case "recreate":
        return this.#take({ ...this.#full(), recreate: true }, command.crash);
      case "merge":
        return this.#alter({ ...this.#place, action: "merge" }, command.crash);
      case "purge": {
        const { snapshots } = await this.#info();
        const snapshotId = snapshots[command.pick % snapshots.length]?.id ?? 0;
        return this.#alter({ ...this.#place, action: "purge", snapshotId }, command.crash);
      }
      default:
        return this.#change(command);
    }
  }

  /** Restores every snapshot that is listed beside the live schema; answers each thing that differs from what it must hold. */
  async differences(): Promise<string[]> {
    const differences: string[] = [];
    for (const { id, kind } of (await this.#info()).snapshots) {
      const restored = `${this.#schema}_${id}`;
      await confirmedBy(
        this.#backups.restore(
          {
            ...this.#order(),
            ...this.#place,
            objects: [{ type: "ALL", name: this.#schema }],
            policy: "none",
            renamedObjectsSchema: "unused",
            createSchemas: true,
            ddlOnly: false,
            targetSchemas: new Map([[this.#schema, restored]]),
            snapshotId: id,
            checksum: true,
          },
          NEVER,
        ),
      );
      const [found, held] = [await this.#contents(restored), this.#held.get(id)];
      if (held === undefined) differences.push(`snapshot ${id} was never taken`);
      for (const name of new Set([...(held?.keys() ?? []), ...found.keys()])) {
        if (held?.get(name) !== found.get(name))
          differences.push(`${kind} ${id}: ${name} is ${found.get(name)} and was ${held?.get(name)}`);
      }
      await this.#host.run(`DROP DATABASE ${restored} SYNC`);
    }
    return differences;
  }

  /** Nobody's files: everything below the backup's folder is of a snapshot that is listed. */
  async strayFolders(): Promise<string[]> {
    const listed = new Set((await this.#info()).snapshots.map(({ id }) => String(id)));
    return (await this.#store.files.folders(this.#backup)).filter((name) => !listed.has(name));
  }

  async close(): Promise<void> {
    await confirmedBy(this.#backups.drop({ ...this.#order(), store: this.#store, backups: [this.#backup] }, NEVER));
    await this.#host.run(`DROP DATABASE ${this.#schema} SYNC`);
    await this.#cluster.close();
  }

  get #place() {
    return { store: this.#store, backup: this.#backup };
  }

  #full() {
    return {
      ...this.#place,
      type: "full" as const,
      ddl: `CREATE BACKUP ${this.#backup} ...`,
      objects: [{ type: "ALL" as const, name: this.#schema }],
      options: { checksum: false, ddlOnly: false },
    };
  }

  #order(): WorkOrder & { readonly requestedBy: string } {
    return { ...anOrder(), requestedBy: "ana" };
  }

  async #info() {
    const read = await this.#store.read(this.#backup);
    if (read === undefined) throw new Error("the backup is gone");
    return read.info;
  }

  async #take(request: SnapshotRequest, crash?: number): Promise<void> {
    const contents = await this.#contents(this.#schema);
    const order = this.#order();
    const evidence = await this.#survives(order, crash, (backups, store, again) =>
      backups.take({ ...request, ...again, requestedBy: "ana", store }, NEVER),
    );
    if (evidence?.kind === "database-backup" && evidence.snapshotId !== undefined)
      this.#held.set(evidence.snapshotId, contents);
    // It died before anybody was told, and is listed all the same.
    for (const { id, jobId } of (await this.#info()).snapshots) if (jobId === order.jobId) this.#held.set(id, contents);
  }

  async #alter(request: AlterRequest, crash?: number): Promise<void> {
    const newest = (await this.#info()).snapshots.at(-1);
    const order = this.#order();
    try {
      await this.#survives(order, crash, (backups, store, again) =>
        backups.alter({ ...request, ...again, requestedBy: "ana", store }, NEVER),
      );
    } catch (thrown) {
      const fine = thrown instanceof SnapdeckError && ["full-not-purged", "nothing-to-merge"].includes(thrown.code);
      if (!fine) throw thrown;
    }
    const contents = this.#held.get(newest?.id ?? 0);
    const merged = (await this.#info()).snapshots.find(({ jobId }) => jobId === order.jobId);
    if (merged !== undefined && contents !== undefined) this.#held.set(merged.id, contents);
  }

  /**
   * Does the work; with `crash`, in a process that stops for ever at that step of what it writes, and then again in another one that takes it
   * up. Answers the evidence of who came to an end; undefined when it could not be taken up.
   */
  async #survives(
    order: WorkOrder,
    crash: number | undefined,
    work: (backups: DatabaseBackups, store: DatabaseBackupStore, order: WorkOrder) => Work,
  ) {
    if (crash === undefined) return confirmedBy(work(this.#backups, this.#store, order));
    const { store, death } = stoppingAt(this.#store, crash);
    const first = confirmedBy(work(this.#backups, store, order));
    const outcome = await Promise.race([first, death]);
    if (outcome !== "died") return outcome;
    first.catch(() => undefined);
    const second = await this.#host.cluster();
    if (second.databaseBackups === undefined) throw new Error("this cluster takes no database backups");
    let last: Awaited<ReturnType<typeof confirmedBy>> | undefined;
    for await (const report of work(second.databaseBackups, this.#store, { ...order, takeUp: true })) {
      if (report.type === "confirmed") last = report.evidence;
    }
    await second.databaseBackups.discard({
      jobId: order.jobId,
      deed: "alter",
      store: this.#store,
      backups: [this.#backup],
    });
    return last;
  }

  async #change(command: Exclude<HistoryCommand, { crash: unknown }>): Promise<void> {
    const name = `${this.#schema}.t${command.slot % SLOTS}`;
    const standing = (await this.#tables(this.#schema)).get(`t${command.slot % SLOTS}`);
    const hasParts = standing?.endsWith("MergeTree") ?? false;
    switch (command.do) {
      case "create":
        if (standing !== undefined) return;
        return this.#host.run(`CREATE TABLE ${name} (n UInt64, s String) ENGINE = ${command.engine}`);
      case "create view":
        if (standing !== undefined) return;
        return this.#host.run(
          `CREATE VIEW ${name} AS SELECT n % 7 AS k, count() AS c FROM ${this.#schema}.first GROUP BY k`,
        );
      case "drop":
        if (standing === undefined) return;
        return this.#host.run(`DROP TABLE ${name} SYNC`);
      case "truncate":
        if (standing === undefined || standing === "View") return;
        return this.#host.run(`TRUNCATE TABLE ${name}`);
      case "insert": {
        if (standing === undefined || standing === "View") return;
        const from = this.#rows;
        this.#rows += command.rows;
        return this.#host.run(
          `INSERT INTO ${name} (n, s) SELECT number + ${from}, toString(number % 5) FROM numbers(${command.rows})`,
        );
      }
      case "delete":
        if (!hasParts) return;
        return this.#host.run(`ALTER TABLE ${name} DELETE WHERE n % 3 = 0 SETTINGS mutations_sync = 2`);
      case "update":
        if (!hasParts) return;
        return this.#host.run(
          `ALTER TABLE ${name} UPDATE s = concat(s, 'x') WHERE n % 2 = 0 SETTINGS mutations_sync = 2`,
        );
      case "add column":
        if (!hasParts) return;
        return this.#host.run(`ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS extra UInt8 DEFAULT 7`);
    }
  }

  async #tables(schema: string): Promise<Map<string, string>> {
    const rows = await this.#host.ask(ByName, `SELECT name, engine FROM system.tables WHERE database = '${schema}'`);
    return new Map(rows.map(({ name, engine }) => [name, engine]));
  }

  async #contents(schema: string): Promise<Contents> {
    const contents = new Map<string, string>();
    for (const name of (await this.#tables(schema)).keys()) {
      contents.set(name, (await this.#cluster.data.checksum(schema, name, NEVER)).checksum);
    }
    return contents;
  }
}
