import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { AlterRequest } from "@snapdeck/core/ports/database-backups";
import { expect } from "vitest";
import { confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { SnapshotWorld } from "./snapshot-world.ts";
import { stoppingAt } from "./stopping-store.ts";
import { filesBelow } from "./store-tricks.ts";

/** Each without its `...Request`'s place. */
export type Alteration =
  | { readonly action: "merge"; readonly comment?: string }
  | { readonly action: "purge"; readonly snapshotId: number }
  | { readonly action: "set"; readonly options: Extract<AlterRequest, { action: "set" }>["options"] };

/** One backup `all` of the schema `a`: full, two incrementals, a differential and an incremental; it can be put back as it was. */
export class ChainWorld implements AsyncDisposable {
  readonly host: EmbeddedHost;
  readonly world: SnapshotWorld;
  /** What each snapshot held when it was taken. */
  readonly held = new Map<number, Record<string, string>>();
  readonly #template: string;

  private constructor(host: EmbeddedHost, world: SnapshotWorld, template: string) {
    this.host = host;
    this.world = world;
    this.#template = template;
  }

  static async open(): Promise<ChainWorld> {
    const host = await EmbeddedHost.start();
    const world = await SnapshotWorld.open(host);
    const chain = new ChainWorld(host, world, await mkdtemp(join(tmpdir(), "snapdeck-chain-")));
    await host.run(
      "CREATE DATABASE a",
      "CREATE TABLE a.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
      "CREATE TABLE a.wide (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 0",
      "CREATE TABLE a.log (n UInt64, s String) ENGINE = Log",
    );
    await chain.insert(1_000);
    await chain.take("full");
    await chain.insert(100);
    await chain.take("incremental");
    await host.run("ALTER TABLE a.parts DELETE WHERE n % 3 = 0 SETTINGS mutations_sync = 2");
    await chain.take("incremental");
    await chain.take("differential");
    await chain.insert(10);
    await chain.take("incremental");
    await cp(chain.folder, chain.#template, { recursive: true });
    return chain;
  }

  get folder(): string {
    return join(this.host.backupRoot, "all");
  }

  get place() {
    return this.world.place("all");
  }

  async insert(rows: number): Promise<void> {
    for (const table of ["parts", "wide", "log"])
      await this.host.run(`INSERT INTO a.${table} SELECT number + 7, toString(number % 5) FROM numbers(${rows})`);
  }

  async take(kind: "full" | "incremental" | "differential"): Promise<number> {
    const { world } = this;
    const contents = await world.contents("a");
    const requests = {
      full: world.full("all", "a"),
      incremental: world.incremental("all"),
      differential: world.differential("all"),
    };
    const id = await world.id(requests[kind]);
    this.held.set(id, contents);
    return id;
  }

  /** Puts the backup back as it was when this world was opened. */
  async reset(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await cp(this.#template, this.folder, { recursive: true });
  }

  async ids(): Promise<number[]> {
    return (await this.world.info("all")).snapshots.map(({ id }) => Number(id));
  }

  alter(alteration: Alteration, overrides: Partial<WorkOrder> = {}, signal = NEVER, store = this.world.store): Work {
    return this.world.backups.alter({ ...this.place, ...alteration, store, ...this.world.order(overrides) }, signal);
  }

  async altered(alteration: Alteration) {
    const evidence = await confirmedBy(this.alter(alteration));
    if (evidence.kind !== "database-backup") throw new Error(`an alteration gave evidence of ${evidence.kind}`);
    return evidence;
  }

  /** Every snapshot that is listed restores, by the engine alone, to what it held; and nothing else stands in the folder. */
  async expectWhole(only?: readonly number[]): Promise<void> {
    for (const id of only ?? (await this.ids()))
      expect(await this.world.restored("all", id, "a"), `snapshot ${id}`).toEqual(this.held.get(id));
  }

  async expectNoStrays(): Promise<void> {
    const folders = await this.world.store.files.folders("all");
    expect(folders.map(Number).sort()).toEqual((await this.ids()).sort());
    expect((await this.world.info("all")).work).toBeUndefined();
  }

  /** Every file of the backup, and what it holds: equal before and after what must change nothing. */
  async print(): Promise<string[]> {
    const files = (await filesBelow(this.folder)).sort();
    const sums = files.map(async (file) =>
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    );
    return (await Promise.all(sums)).map((sum, at) => `${files[at]} ${sum}`);
  }

  /** The first file of a snapshot whose path matches. */
  async fileOf(id: number, pattern: RegExp): Promise<string> {
    const found = (await filesBelow(join(this.folder, String(id)))).sort().find((file) => pattern.test(file));
    if (found === undefined) throw new Error(`snapshot ${id} has no file like ${pattern}`);
    return found;
  }

  async inodes(id: number): Promise<Set<number>> {
    const files = await filesBelow(join(this.folder, String(id)));
    return new Set(await Promise.all(files.map(async (file) => (await stat(file)).ino)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#template, { recursive: true, force: true });
    await this.world.cluster.close();
    await this.host[Symbol.asyncDispose]();
  }
}

/** The code that work ends with. */
export function refusal(work: Work | Promise<unknown>): Promise<string> {
  const ended: Promise<unknown> = "then" in work ? work : reportsOf(work);
  return ended.then(
    () => "none",
    (thrown: unknown) => (thrown instanceof SnapdeckError ? thrown.code : String(thrown)),
  );
}

/** The steps of a plan at which another kind of step begins, or the last of a kind is due: where a crash leaves something of its own. */
export async function crashPoints(
  run: (store: DatabaseBackupStore) => Promise<unknown>,
  store: DatabaseBackupStore,
): Promise<number[]> {
  const kinds: string[] = [];
  await run({
    ...store,
    carryOut: (name, plan, standing, prove, onStep, onMoved) =>
      store.carryOut(
        name,
        plan,
        standing,
        prove,
        async (step) => {
          kinds.push(step.step);
          await onStep?.(step);
        },
        onMoved,
      ),
  });
  return kinds.flatMap((kind, at) => (kind !== kinds[at - 1] || kind !== kinds[at + 1] ? [at] : []));
}

/** Runs work in a process that dies right before step `at`; answers whether it did. */
export async function dies(
  run: (store: DatabaseBackupStore) => Promise<unknown>,
  store: DatabaseBackupStore,
  at: number,
): Promise<boolean> {
  const dying = stoppingAt(store, at);
  const work = run(dying.store);
  work.catch(() => undefined);
  return (await Promise.race([work, dying.death])) === "died";
}
