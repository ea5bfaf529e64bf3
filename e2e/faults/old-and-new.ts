import type { Backup } from "@snapdeck/contract/backup";
import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { expect } from "vitest";
import type { Api } from "../harness/api.ts";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { breaksFound } from "./aftermath.ts";
import type { FaultCase } from "./cases.ts";
import { type Contents, contentsOf } from "./contents.ts";
import type { FaultWorld } from "./world.ts";

/**
 * A suspended cluster whose data, the old, differs in many ways from what its one backup holds, the new. Each case of a file begins
 * with the old data and ends with it: a restore that came to its end is looked at and then undone.
 */
export class OldAndNew {
  #backup: Backup | undefined;
  #new: Contents = {};

  get backup(): Backup {
    if (this.#backup === undefined) throw new Error("there is no backup yet");
    return this.#backup;
  }

  /** What each new world begins with. */
  readonly ready = async (world: FaultWorld): Promise<void> => {
    this.#new = world.contents;
    this.#backup = await world.backUp();
    await world.stack.ranks.addRows("orders", 1_000, 500_000);
    for (const statement of CHANGES) await world.stack.ranks.command(statement);
    await world.settled();
    await world.remember();
    await world.suspend();
  };

  /** Plans the restore and asks for it. Undefined as with `FaultWorld.start`. */
  readonly restore = (world: FaultWorld): Promise<Job | undefined> =>
    world.start("restore", (admin) => this.ask(admin));

  /** As `restore`, by whom it is told and with what else a request may hold. */
  async ask(admin: Api, more: { suspectReason?: string; headers?: Record<string, string> } = {}): Promise<Job> {
    const plan = await admin.get("planRestore", { params: { backupId: this.backup.id } });
    const { headers = {}, ...reason } = more;
    return admin.get("startRestore", { body: { planId: plan.id, clusterName: CLUSTER_NAME, ...reason }, headers });
  }

  /** A restore that nothing happens to, for cases about what comes after it. Answers its id. */
  async restored(world: FaultWorld): Promise<JobId> {
    const job = await world.outcome(await this.restore(world));
    if (job.state.name !== "succeeded") throw new Error(`the restore ended: ${JSON.stringify(job.state)}`);
    return job.id;
  }

  /** Adds to a case that afterwards the data is exactly the old, or exactly the new and the old comes back by an undo. */
  readonly judged = (each: FaultCase): FaultCase => ({
    ...each,
    run: async (world, chance) => {
      const known = new Set((await world.jobs()).map(({ id }) => id));
      const outcome = await each.run(world, chance);
      await world.revive();
      await world.settled();
      const restores = (await world.jobs()).filter(({ id, work }) => work.kind === "restore" && !known.has(id));
      return `${outcome}; ${await this.#whatIsThere(world, restores)}`;
    },
  });

  async #whatIsThere(world: FaultWorld, restores: readonly Job[]): Promise<string> {
    const { restore } = await world.stack.ranks.status();
    const succeeded = restores.filter(({ state }) => state.name === "succeeded").map(({ id }) => id);
    // A job that tells of success and a swap are the same thing, whoever died in between.
    expect(succeeded, "restores that say that they succeeded").toEqual(
      restore === undefined ? [] : [restore.operationId],
    );
    const [restoreId] = succeeded;
    // That these are the bytes of before is seen after every case of a suspended cluster.
    if (restoreId === undefined) return "the old data";
    expect(await breaksFound(world), "what the store check finds").toEqual([]);
    await this.isNew(world);
    await undone(world, restoreId);
    return "the new data, and after an undo the old";
  }

  /** Resumes the cluster, reads everything, and suspends it again: it must hold what the backup holds. */
  async isNew({ stack }: FaultWorld): Promise<void> {
    await stack.resume();
    expect(await contentsOf(stack.ranks), "the restored data").toEqual(this.#new);
    await stack.suspend();
  }
}

/** Asks for an undo. Undefined as with `FaultWorld.start`. */
export function startUndo(world: FaultWorld, restoreId: JobId): Promise<Job | undefined> {
  return world.start("undo-restore", (admin) =>
    admin.get("undoRestore", { params: { restoreId }, body: { clusterName: CLUSTER_NAME } }),
  );
}

/** Asks that the data be let go which the restore put aside. Undefined as with `FaultWorld.start`. */
export function startKeep(world: FaultWorld, restoreId: JobId): Promise<Job | undefined> {
  return world.start("keep-restored", (admin) => admin.get("keepRestored", { params: { restoreId } }));
}

async function undone(world: FaultWorld, restoreId: JobId): Promise<void> {
  const { state } = await world.outcome(await startUndo(world, restoreId));
  expect(state.name, JSON.stringify(state)).toBe("succeeded");
}

/** Made after the backup: tables more, less, changed, and one with as many rows as before that are others. */
const CHANGES = [
  "ALTER TABLE shop.orders ADD COLUMN note String DEFAULT 'none'",
  "INSERT INTO shop.in_log SELECT number, 'later' FROM numbers(10)",
  "TRUNCATE TABLE `Old Stock`.`naïve table`",
  "INSERT INTO `Old Stock`.`naïve table` SELECT number, 7 FROM numbers(20000)",
  "DROP TABLE shop.prices SYNC",
  "CREATE DATABASE later",
  "CREATE TABLE later.things (id UInt64, what String) ENGINE = MergeTree ORDER BY id",
  "INSERT INTO later.things SELECT number, concat('thing ', toString(number)) FROM numbers(500)",
  "CREATE OR REPLACE FUNCTION with_tax AS (amount) -> amount * 1.5",
];
