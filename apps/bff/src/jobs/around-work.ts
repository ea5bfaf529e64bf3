import type { Evidence, Job } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { CatalogSync } from "../backups/catalog-sync.ts";
import type { WatchedCluster } from "../clusters/cluster-registry.ts";
import type { Inventories } from "../clusters/inventories.ts";
import { withDeadline } from "../clusters/with-deadline.ts";
import type { Log } from "../log.ts";

/** How long a job waits for what is only good to have, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What the server does around a job's work, while the job holds its lock. */
export class AroundWork {
  readonly #inventories: Inventories;
  readonly #sync: CatalogSync;
  readonly #log: Log;

  constructor(inventories: Inventories, sync: CatalogSync, log: Log) {
    this.#inventories = inventories;
    this.#sync = sync;
    this.#log = log;
  }

  /** @throws {SnapdeckError} `cluster-not-suspended`: what was checked at the request is checked again under the lock (I17). */
  async before({ cluster, watcher }: WatchedCluster, { work, id }: Job): Promise<void> {
    if (work.kind === "suspend") {
      // The last look at the data before nobody can look: plans of restores are made from it. Older numbers would mislead them.
      await this.#try(id, "what the cluster holds could not be remembered", () => this.#inventories.forget(cluster.id));
      await this.#try(id, "what the cluster holds could not be read", () => this.#inventories.read(cluster));
    }
    if (work.kind !== "restore") return;
    const { state } = await watcher.observeNow();
    if (state === "suspended") return;
    throw new SnapdeckError("cluster-not-suspended", `the cluster is ${state}; its data is as it was`, {
      hint: "Suspend the cluster, then restore again.",
    });
  }

  /** Makes what the job did visible before the job is told to have succeeded. */
  async confirmed({ cluster, watcher }: WatchedCluster, { id }: Job, evidence: Evidence): Promise<void> {
    switch (evidence.kind) {
      case "backup":
        return this.#try(id, "a new backup is listed with the next look at the store", () =>
          this.#sync.add(cluster, evidence.backupId),
        );
      case "delete-backup":
        return this.#try(id, "a deleted backup is unlisted with the next look at the store", () =>
          this.#sync.drop(cluster.id, evidence.backupId),
        );
      case "restore":
        // What was remembered is not what is there now.
        await this.#try(id, "the inventory of before the restore could not be forgotten", () =>
          this.#inventories.forget(cluster.id),
        );
        return this.#observe(watcher, id);
      case "suspend":
      case "resume":
        return this.#observe(watcher, id);
      case "load-example-data":
        return;
    }
  }

  /** A deletion that failed may have unlisted its backup: what is shown follows the store before the job is told to have failed. */
  async unconfirmed({ cluster }: WatchedCluster, { id, work }: Job): Promise<void> {
    if (work.kind !== "delete-backup") return;
    await this.#try(id, "the store could not be listed; the list of backups follows with the next look", () =>
      this.#sync.sync(cluster),
    );
  }

  #observe(watcher: WatchedCluster["watcher"], jobId: Job["id"]): Promise<void> {
    return this.#try(jobId, "the cluster could not be observed", () => watcher.observeNow());
  }

  async #try(jobId: Job["id"], otherwise: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(act(), PATIENCE_MS, () => {
        throw new Error(`no answer within ${PATIENCE_MS} ms`);
      });
    } catch (error) {
      this.#log.warn({ err: error, jobId }, otherwise);
    }
  }
}
