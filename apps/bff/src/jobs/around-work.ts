import type { Evidence, Job } from "@snapdeck/contract/job";
import type { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { CatalogSync } from "../backups/catalog-sync.ts";
import type { WatchedCluster } from "../clusters/cluster-registry.ts";
import type { Inventories } from "../clusters/inventories.ts";
import { mustHavePutAside } from "../clusters/previous-data.ts";
import { withDeadline } from "../clusters/with-deadline.ts";
import type { Log } from "../log.ts";
import { patiently } from "../state/transactions.ts";

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

  /**
   * What was checked at the request is checked again under the lock (I17, I19).
   * @throws {SnapdeckError} `cluster-not-suspended`, `no-previous-data`
   */
  async before({ cluster, watcher }: WatchedCluster, { work, id }: Job): Promise<void> {
    switch (work.kind) {
      case "suspend":
        // The last look at the data before nobody can look: plans of restores are made from it. Older numbers would mislead them.
        await this.#try(id, "what the cluster holds could not be remembered", () =>
          this.#inventories.forget(cluster.id),
        );
        await this.#try(id, "what the cluster holds could not be read", () => this.#inventories.read(cluster));
        return;
      case "restore":
        return mustBeSuspended(await watcher.observeNow(), "restore");
      case "undo-restore": {
        const observed = await watcher.observeNow();
        mustBeSuspended(observed, "undo");
        return mustHavePutAside(observed, work.restoreId);
      }
      case "keep-restored":
        return mustHavePutAside(await watcher.observeNow(), work.restoreId);
      default:
        return;
    }
  }

  /** Makes what the job did visible before the job is told to have succeeded. */
  async confirmed({ cluster, watcher }: WatchedCluster, { id }: Job, evidence: Evidence): Promise<void> {
    switch (evidence.kind) {
      case "backup":
        await failpoint("backup.beforeCatalog");
        return this.#refresh(cluster, id, evidence.backupId);
      case "verify-backup":
        await failpoint("verify.beforeCatalog");
        return this.#refresh(cluster, id, evidence.backupId);
      case "delete-backup":
        await failpoint("delete.beforeCatalog");
        return this.#try(id, "a deleted backup is unlisted with the next look at the store", () =>
          this.#sync.drop(cluster.id, evidence.backupId),
        );
      case "restore":
        await this.#forgetInventory(cluster, id);
        // One that was accepted although it is suspect has one failed proof more.
        await this.#refresh(cluster, id, evidence.backupId);
        return this.#observe(watcher, id);
      case "undo-restore":
        await this.#forgetInventory(cluster, id);
        return this.#observe(watcher, id);
      case "keep-restored":
      case "suspend":
      case "resume":
        return this.#observe(watcher, id);
      case "load-example-data":
      case "check-store":
      case "database-backup":
        return;
    }
  }

  /** Work that failed may have changed the store: what is shown follows it before the job is told to have failed. */
  async unconfirmed({ cluster }: WatchedCluster, { id, work }: Job): Promise<void> {
    switch (work.kind) {
      case "delete-backup":
        return this.#try(id, "the store could not be listed; the list of backups follows with the next look", () =>
          this.#sync.sync(cluster),
        );
      // Each records what it found wrong with the backup.
      case "verify-backup":
      case "restore":
        return this.#refresh(cluster, id, work.backupId);
      default:
        return;
    }
  }

  #refresh(cluster: WatchedCluster["cluster"], jobId: Job["id"], backupId: BackupId): Promise<void> {
    return this.#try(jobId, "what is shown of a backup follows with a later look at the store", () =>
      this.#sync.refresh(cluster, backupId),
    );
  }

  /** What was remembered is not what is there now. */
  #forgetInventory({ id }: WatchedCluster["cluster"], jobId: Job["id"]): Promise<void> {
    return this.#try(jobId, "the inventory of before the swap could not be forgotten", () =>
      this.#inventories.forget(id),
    );
  }

  #observe(watcher: WatchedCluster["watcher"], jobId: Job["id"]): Promise<void> {
    return this.#try(jobId, "the cluster could not be observed", () => watcher.observeNow());
  }

  async #try(jobId: Job["id"], otherwise: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(patiently(act), PATIENCE_MS, () => {
        throw new Error(`no answer within ${PATIENCE_MS} ms`);
      });
    } catch (error) {
      this.#log.warn({ err: error, jobId }, otherwise);
    }
  }
}

function mustBeSuspended({ state }: { readonly state: string }, act: "restore" | "undo"): void {
  if (state === "suspended") return;
  throw new SnapdeckError("cluster-not-suspended", `the cluster is ${state}; its data is as it was`, {
    hint: `Suspend the cluster, then ${act} again.`,
  });
}
