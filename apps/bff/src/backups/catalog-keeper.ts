import type { ClusterId } from "@snapdeck/contract/scalars";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import { withDeadline } from "../clusters/with-deadline.ts";
import type { Log } from "../log.ts";
import type { CatalogSync } from "./catalog-sync.ts";

/** How often the stores are looked at for what others changed there, in milliseconds. */
const SYNC_EVERY_MS = 60_000;

/** How long the start waits for the first look, in milliseconds; it goes on after that. */
const FIRST_LOOK_MS = 5_000;

/** Keeps the catalogs in step with the stores for as long as the server runs. */
export class CatalogKeeper {
  readonly #registry: ClusterRegistry;
  readonly #sync: CatalogSync;
  readonly #onSynced: (clusterId: ClusterId) => void;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;

  /** @param onSynced called after each look at a cluster's store that went through */
  constructor(registry: ClusterRegistry, sync: CatalogSync, onSynced: (clusterId: ClusterId) => void, log: Log) {
    this.#registry = registry;
    this.#sync = sync;
    this.#onSynced = onSynced;
    this.#log = log;
  }

  /** Resolves after the first look, or when that takes too long. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#syncAll(), SYNC_EVERY_MS);
    await withDeadline(this.#syncAll(), FIRST_LOOK_MS, () => undefined);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await withDeadline(this.#sync.idle(), FIRST_LOOK_MS, () => undefined);
  }

  async #syncAll(): Promise<void> {
    await Promise.all(
      this.#registry.all().map(async ({ cluster }) => {
        try {
          await this.#sync.sync(cluster);
          this.#onSynced(cluster.id);
        } catch (error) {
          this.#log.warn(
            { err: error, clusterId: cluster.id },
            "the store could not be listed; the list of backups stays",
          );
        }
      }),
    );
  }
}
