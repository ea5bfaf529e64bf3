import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import type { Api } from "../harness/api.ts";
import type { FaultCase } from "./cases.ts";
import { type Contents, contentsOf } from "./contents.ts";
import type { FaultWorld } from "./world.ts";

const BACKUP = "safe";
const TO = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";
const OBJECTS = 'OBJECTS (ALL = shop, ALL = "Old Stock")';

/** Schemas that a snapshot is restored into, beside the live ones, to be compared. */
const BESIDE = { shop: "seen_shop", "Old Stock": "seen_old" } as const;

/**
 * A database backup with a chain of snapshots, and what each of them must hold. After each case everything that is listed is restored
 * beside the live data and compared, and nothing stands in the backup's folder that is not listed.
 */
export class SnapshotChain {
  readonly #held = new Map<number, Contents>();

  /** What each new world begins with: a full snapshot and two incrementals, with changes between them. */
  readonly ready = async (world: FaultWorld): Promise<void> => {
    const location = `LOCATION = 'FILE://${world.stack.servers.databaseBackups}'`;
    await this.run(
      world,
      `CREATE SCHEMA ops; CREATE DATA SINK ops.backups ${location}; CREATE DATA SOURCE ops.backups ${location}`,
    );
    await this.made(world);
    await world.settled();
    await world.remember();
  };

  /** Makes the backup where there is none, and brings it to three snapshots where there are fewer. */
  async made(world: FaultWorld): Promise<void> {
    let count = (await this.ids(world)).length;
    if (count === 0) {
      await this.run(world, `CREATE BACKUP ${BACKUP} ${TO} ${OBJECTS}`);
      await this.#learn(world);
      count = 1;
    }
    for (; count < 3; count += 1) {
      await this.change(world);
      await this.run(world, `BACKUP ${BACKUP} ${TO}`);
      await this.#learn(world);
    }
  }

  /** Changes rows of tables that are kept in different ways; the cluster must hold the changed ones from here on. */
  async change(world: FaultWorld): Promise<void> {
    this.#changes += 1;
    await world.stack.ranks.addRows("orders", 500, 1_000_000 * this.#changes);
    await world.stack.ranks.command(
      `INSERT INTO shop.in_log SELECT number + ${this.#changes}, 'more' FROM numbers(50)`,
    );
    await world.remember();
  }
  #changes = 0;

  /** Asks for a statement that begins a job, as an admin. Undefined as with `FaultWorld.start`. */
  start(world: FaultWorld, sql: string): Promise<Job | undefined> {
    return world.start("database-backup", (admin) => begun(admin, sql));
  }

  take = (world: FaultWorld) => this.start(world, `BACKUP ${BACKUP} ${TO}`);
  takeInPlaceOfOthers = (world: FaultWorld) =>
    this.start(world, `BACKUP ${BACKUP} TYPE = 'differential' ${TO} WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)`);
  takeCapped = (world: FaultWorld) =>
    this.start(world, `BACKUP ${BACKUP} ${TO} WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = 1)`);
  merge = (world: FaultWorld) => this.start(world, `ALTER BACKUP ${BACKUP} ${TO} MERGE`);
  drop = (world: FaultWorld) => this.start(world, `DROP BACKUP ${BACKUP} ${TO}`);
  recreate = (world: FaultWorld) =>
    this.start(world, `CREATE BACKUP ${BACKUP} ${TO} ${OBJECTS} WITH OPTIONS (RECREATE = true)`);
  restore = (world: FaultWorld) =>
    this.start(world, `RESTORE BACKUP ${BACKUP} ${FROM} ${OBJECTS} WITH OPTIONS (RESTORE_POLICY = 'replace')`);

  async purge(world: FaultWorld): Promise<Job | undefined> {
    const [, second] = await this.ids(world);
    return this.start(world, `ALTER BACKUP ${BACKUP} ${TO} PURGE ${second}`);
  }

  /** The cluster must hold the newest snapshot, now that it was restored. */
  async expectRestored(world: FaultWorld): Promise<void> {
    const newest = (await this.ids(world)).at(-1) ?? 0;
    expect(schemasOf(await contentsOf(world.stack.ranks), LIVE), "the restored data").toEqual(this.#held.get(newest));
    await world.remember();
  }

  /** Runs a script whose jobs must succeed; answers the rows of its last statement. */
  async run(world: FaultWorld, sql: string): Promise<readonly (readonly unknown[])[]> {
    const { results, stoppedBy } = await (await world.admin()).get("runSql", { body: { sql } });
    if (stoppedBy !== undefined) throw new Error(`${sql}: ${stoppedBy.code}: ${stoppedBy.detail}`);
    for (const result of results) {
      if (result.kind !== "job") continue;
      const { state } = await world.ended(result.job.id);
      if (state.name !== "succeeded") throw new Error(`${result.statement}: ${JSON.stringify(state)}`);
    }
    const last = results.at(-1);
    return last?.kind === "rows" ? last.rows : [];
  }

  /** The snapshots that are listed, oldest first. */
  async ids(world: FaultWorld): Promise<number[]> {
    const rows = await this.run(world, `DESCRIBE BACKUP * ${FROM}`);
    return rows.map((row) => Number(row[1])).sort((one, other) => one - other);
  }

  /** Adds to a case that afterwards every snapshot listed restores to what it held, and that nothing else is on the store. */
  readonly judged = (each: FaultCase): FaultCase => ({
    ...each,
    run: async (world, chance) => {
      await this.made(world);
      const outcome = await each.run(world, chance);
      await world.revive();
      await world.settled();
      await this.#clear(world);
      await this.#learn(world);
      const ids = await this.ids(world);
      for (const id of ids) expect(await this.#restoredBeside(world, id), `snapshot ${id}`).toEqual(this.#held.get(id));
      expect(this.#folders(world), "folders of the backup").toEqual(ids.map(String));
      return `${outcome}; ${ids.length} snapshots restore`;
    },
  });

  /** A snapshot that nobody was told of holds what the cluster holds: nothing was written since. */
  async #learn(world: FaultWorld): Promise<void> {
    const newest = (await this.ids(world)).at(-1);
    if (newest === undefined || this.#held.has(newest)) return;
    this.#held.set(newest, schemasOf(await contentsOf(world.stack.ranks), LIVE));
  }

  /** A merge makes a snapshot that is equal to another one, taken before. */
  expectMerged(world: FaultWorld, before: readonly number[]): Promise<void> {
    const contents = this.#held.get(before.at(-1) ?? 0);
    return this.ids(world).then((ids) => {
      const merged = ids.at(-1);
      if (merged !== undefined && !before.includes(merged) && contents !== undefined) this.#held.set(merged, contents);
    });
  }

  async #restoredBeside(world: FaultWorld, id: number): Promise<Contents> {
    const map = Object.entries(BESIDE).map(([from, to]) => `${from}:${to}`);
    await this.run(
      world,
      `RESTORE BACKUP ${BACKUP} ${FROM} ${OBJECTS} WITH OPTIONS (BACKUP_ID = ${id}, target_schema_map = '${map.join(",")}')`,
    );
    const found = schemasOf(await contentsOf(world.stack.ranks), BESIDE);
    for (const schema of Object.values(BESIDE)) await this.run(world, `DROP SCHEMA ${schema} CASCADE`);
    return found;
  }

  async #clear(world: FaultWorld): Promise<void> {
    const admin = await world.admin();
    for (const { id } of (await admin.get("listActivity")).items)
      await admin.get("cancelJob", { params: { jobId: id } });
  }

  #folders({ stack }: FaultWorld): string[] {
    const folder = join(stack.servers.databaseBackups, BACKUP);
    if (!existsSync(folder)) return [];
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  }
}

const LIVE = { shop: "shop", "Old Stock": "Old Stock" } as const;

/** The contents of the given schemas, as if they had the names that they have in the live data. */
function schemasOf(contents: Contents, schemas: Readonly<Record<string, string>>): Contents {
  return Object.fromEntries(
    Object.entries(contents).flatMap(([place, sum]) =>
      Object.entries(schemas).flatMap(([live, name]) => {
        const [rank, table] = place.split(`: ${name}.`);
        return table === undefined ? [] : [[`${rank}: ${live}.${table}`, sum] as const];
      }),
    ),
  );
}

async function begun(admin: Api, sql: string): Promise<Job> {
  const { results, stoppedBy } = await admin.get("runSql", { body: { sql } });
  const last = results.at(-1);
  if (last?.kind !== "job") throw new Error(`${sql} began no job: ${JSON.stringify(stoppedBy ?? last)}`);
  return last.job;
}
