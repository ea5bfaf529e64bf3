import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { LeftInRanks, LeftInStore } from "@snapdeck/core/ports/database-backups";
import { ownBytes, ownPath } from "@snapdeck/core/snapshots/engine-metadata";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import { keptBy } from "@snapdeck/core/snapshots/locate-part";
import { z } from "zod";
import { EmbeddedHost, reportsOf } from "./embedded-host.ts";
import { type Harm, S3Place, type When } from "./s3-place.ts";
import { SnapshotWorld } from "./snapshot-world.ts";

type Contents = Record<string, string>;

/** Work on the backup, with what it takes to discard it. */
export type Deed = {
  /** Through the store that is handed in, as it is reached while the fault lasts. */
  readonly run: (world: FaultWorld, store: DatabaseBackupStore, order: WorkOrder & { requestedBy: string }) => Work;
  readonly left: LeftInStore["deed"] | LeftInRanks["deed"];
};

const Name = z.object({ name: z.string() });

/** Our watch over engines that wait, and over their end, in milliseconds: short, for they wait an hour for answers that never come. */
const WATCH = { noProgressMs: 3_000, stopMs: 3_000 };

/** One backup `chain` of the schema `a` in a bucket: a full and two incrementals. It can be put back as it was. */
export class FaultWorld implements AsyncDisposable {
  readonly host: EmbeddedHost;
  readonly s3: S3Place;
  readonly world: SnapshotWorld;
  /** What each snapshot held when it was taken. */
  readonly held = new Map<number, Contents>();
  readonly #hurried: DatabaseBackupStore;
  #ids: readonly number[] = [];
  #rows = 0;

  private constructor(host: EmbeddedHost, s3: S3Place, world: SnapshotWorld, hurried: DatabaseBackupStore) {
    this.host = host;
    this.s3 = s3;
    this.world = world;
    this.#hurried = hurried;
  }

  static async open(): Promise<FaultWorld> {
    const [host, s3] = await Promise.all([EmbeddedHost.start(), S3Place.start()]);
    const world = await SnapshotWorld.at(host, await s3.store(host.sealer), WATCH);
    const opened = new FaultWorld(host, s3, world, await s3.store(host.sealer, {}, 1));
    await host.run(
      "CREATE DATABASE a",
      "CREATE TABLE a.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 0",
      "CREATE TABLE a.log (n UInt64, s String) ENGINE = Log",
    );
    for (const request of [world.full("chain", "a"), world.incremental("chain"), world.incremental("chain")]) {
      await opened.insert();
      opened.held.set(await world.id(request), await world.contents("a"));
    }
    opened.#ids = await opened.ids();
    await s3.replaceFolder("kept", "chain");
    return opened;
  }

  get place() {
    return this.world.place("chain");
  }

  /** The snapshot that was taken so many before the newest of those that are put back. */
  before(newest: number): number {
    return this.#ids.at(-1 - newest) ?? 0;
  }

  async insert(): Promise<void> {
    for (const table of ["parts", "log"])
      await this.host.run(
        `INSERT INTO a.${table} SELECT number + ${this.#rows}, toString(number % 7) FROM numbers(50)`,
      );
    this.#rows += 50;
  }

  async ids(): Promise<number[]> {
    const read = await this.world.store.read(this.place.backup);
    return read?.info.snapshots.map(({ id }) => Number(id)) ?? [];
  }

  /** Puts the backup back as it was when this world was opened, and the schema `back` as it is to be before each restore. */
  async reset(): Promise<void> {
    await this.s3.replaceFolder("chain", "kept");
    await this.host.run(
      "DROP DATABASE IF EXISTS back SYNC",
      "CREATE DATABASE back",
      "CREATE TABLE back.parts (n UInt64) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO back.parts VALUES (7)",
    );
    await this.insert();
  }

  /** Does the work while the store is harmed; answers the one error that it ended in, and undefined where it succeeded. */
  async underFault({ run, left }: Deed, harm: Harm, when: When): Promise<SnapdeckError | undefined> {
    const contents = await this.world.contents("a");
    const order = this.world.order();
    const newest = (await this.ids()).at(-1) ?? 0;
    this.s3.arm(harm, when);
    const outcome = await reportsOf(run(this, this.#hurried, order)).then(
      (reports) => reports.at(-1),
      (thrown: unknown) => thrown,
    );
    this.s3.arm(undefined);
    const { store, backup } = this.place;
    const { jobId } = order;
    await this.world.backups.discard(
      left === "restore" ? { jobId, deed: left } : { jobId, deed: left, store, backups: [backup] },
    );
    // Whether it failed or not, what it made may be listed: an answer may be lost when all is done.
    const made = (await store.read(backup))?.info.snapshots.find((each) => each.jobId === jobId);
    if (made !== undefined) {
      const merged = this.held.get(newest);
      this.held.set(made.id, left === "alter" && merged !== undefined ? merged : contents);
    }
    if (outcome instanceof SnapdeckError) return outcome;
    if (typeof outcome === "object" && outcome !== null && "type" in outcome && outcome.type === "confirmed")
      return undefined;
    throw outcome instanceof Error ? outcome : new Error(`the work ended in ${JSON.stringify(outcome)}`);
  }

  /** Takes the next snapshot, as the next statement would; begins the backup anew where it is gone. */
  async goOn(): Promise<void> {
    const { world } = this;
    const isThere = (await this.ids()).length > 0;
    const id = await world.id(isThere ? world.incremental("chain") : world.full("chain", "a"));
    this.held.set(id, await world.contents("a"));
  }

  /** Whether a removal of snapshots was begun and is to be finished by the next statement. */
  async isUnfinished(): Promise<boolean> {
    return (await this.world.store.read(this.place.backup))?.info.work !== undefined;
  }

  /** Snapshots that do not restore, by the engine alone, to what they held. */
  async differences(): Promise<number[]> {
    const all = await Promise.all(
      (await this.ids()).map(async (id) => {
        const [restored, held] = [await this.world.restored("chain", id, "a"), this.held.get(id)];
        return held === undefined || JSON.stringify(restored) !== JSON.stringify(held) ? [id] : [];
      }),
    );
    return all.flat();
  }

  /** What stands in the bucket and is nobody's: files, and uploads in parts that were never ended. */
  async strays(): Promise<string[]> {
    const { files, uploads } = await this.s3.contents("chain");
    const owned = await this.#owned();
    return [...[...files.keys()].filter((key) => !owned.has(key)), ...uploads];
  }

  /** Databases that a restore made for itself. */
  async staging(): Promise<string[]> {
    const databases = await this.host.ask(
      Name,
      "SELECT name FROM system.databases WHERE startsWith(name, '_snapdeck')",
    );
    return databases.map(({ name }) => name);
  }

  async #owned(): Promise<Set<string>> {
    const { store, backup } = this.place;
    const info = (await store.read(backup))?.info;
    if (info === undefined) return new Set();
    expectSettled(info.work);
    const owned = new Set(["chain/ki_backup_info.json", "chain/chain.mdb"]);
    const ids = info.snapshots.map(({ id }) => id);
    const { snapshots } = await store.view(info, ids);
    for (const id of ids) {
      const { files = [], folders = new Map() } = snapshots.get(id) ?? {};
      for (const path of keptBy(chainOf(info.snapshots, id), files).keys()) owned.add(`chain/${path}`);
      owned.add(`chain/${id}/${id}.mdb`);
      for (const [folder, { metadata }] of folders) {
        owned.add(`chain/${id}/${folder}/.backup`);
        for (const file of metadata.files) if (ownBytes(file) > 0) owned.add(`chain/${id}/${folder}/${ownPath(file)}`);
      }
    }
    return owned;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await this.s3.stop();
  }
}

function expectSettled(work: unknown): void {
  if (work !== undefined) throw new Error(`a removal is not finished: ${JSON.stringify(work)}`);
}
