import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { Log } from "../log.ts";
import type { ClusterEvents } from "./cluster-events.ts";

/** How many changes are read at a time. */
const AT_ONCE = 200;

/** How soon changes that could not be read are read again, in milliseconds: the last of them may be the end of a job. */
const AGAIN_MS = 1_000;

type ChangeSource = Pick<JobStore, "newestSeq" | "changesSince">;

type Feed = { emittedSeq: number; pumping: boolean; poked: boolean };

/**
 * Turns stored changes into events: each once and in the order of `seq`, whoever made them and whenever they are told of. The table
 * of changes is the truth; a poke only says that there may be more in it.
 */
export class ChangeFeed {
  readonly #store: ChangeSource;
  readonly #events: ClusterEvents;
  readonly #log: Log;
  readonly #feeds = new Map<ClusterId, Feed>();

  constructor(store: ChangeSource, events: ClusterEvents, log: Log) {
    this.#store = store;
    this.#events = events;
    this.#log = log;
  }

  /** From here on, changes are told; those before are history. */
  async start(clusterIds: readonly ClusterId[]): Promise<void> {
    for (const clusterId of clusterIds) {
      const emittedSeq = await this.#store.newestSeq(clusterId);
      this.#feeds.set(clusterId, { emittedSeq, pumping: false, poked: false });
    }
  }

  /** The newest change that was told of that cluster; undefined for one that is not under our care. */
  toldSeq(clusterId: ClusterId): number | undefined {
    return this.#feeds.get(clusterId)?.emittedSeq;
  }

  poke(clusterId: ClusterId): void {
    const feed = this.#feeds.get(clusterId);
    if (feed === undefined) return;
    feed.poked = true;
    if (!feed.pumping) void this.#pump(clusterId, feed);
  }

  stop(): void {
    this.#feeds.clear();
  }

  async #pump(clusterId: ClusterId, feed: Feed): Promise<void> {
    feed.pumping = true;
    try {
      while (feed.poked && this.#feeds.get(clusterId) === feed) {
        feed.poked = false;
        await this.#emitNew(clusterId, feed);
      }
    } catch (error) {
      this.#log.error({ err: error, clusterId }, "changes of jobs could not be read; that is tried again");
      setTimeout(() => this.poke(clusterId), AGAIN_MS).unref();
    } finally {
      feed.pumping = false;
    }
  }

  async #emitNew(clusterId: ClusterId, feed: Feed): Promise<void> {
    const changes = await this.#store.changesSince(clusterId, feed.emittedSeq, AT_ONCE);
    if (changes === undefined) {
      // Readers see the gap and read over HTTP again.
      feed.emittedSeq = await this.#store.newestSeq(clusterId);
      return;
    }
    for (const { seq, job } of changes) {
      feed.emittedSeq = seq;
      this.#events.emit(clusterId, { type: "job", seq, job });
      if (changesUseOfBackup(job)) this.#events.emit(clusterId, { type: "backups" });
    }
    // What a user may do, and the counts of jobs, follow from them.
    if (changes.length > 0) this.#events.emit(clusterId, { type: "cluster" });
    if (changes.length === AT_ONCE) feed.poked = true;
  }
}

/** The list of backups shows which one is in use. */
function changesUseOfBackup({ work, state }: Job): boolean {
  if (work.kind !== "restore" && work.kind !== "delete-backup" && work.kind !== "verify-backup") return false;
  return state.name === "queued" || isEnded(state);
}
