import type { Job } from "@snapdeck/contract/job";
import type { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobDriver } from "../jobs/job-driver.ts";
import { MOVES_CLUSTER } from "../jobs/moves-cluster.ts";
import type { Log } from "../log.ts";
import type { SharedClock } from "../state/shared-clock.ts";
import type { ClusterMark, SharedState } from "../state/shared-state.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { ClusterEvents } from "./cluster-events.ts";
import type { ClusterRegistry } from "./cluster-registry.ts";

/**
 * How often is looked for what other processes did, in milliseconds: what a person on one of them does shows on the others without a
 * wait that is felt. Asking needs no connection of its own and has nothing to lose while one is down; PostgreSQL's NOTIFY would, and it
 * makes all commits of the database wait for each other.
 */
const LOOK_EVERY_MS = 200;

export type OtherProcessesParts = {
  readonly state: SharedState;
  readonly clock: SharedClock;
  readonly feed: ChangeFeed;
  readonly driver: Pick<JobDriver, "drives" | "cancelRequested">;
  readonly registry: ClusterRegistry;
  readonly events: ClusterEvents;
  readonly log: Log;
};

/** Makes what other processes of the same state database do seen and heard in this one, as if it had happened here. */
export class OtherProcesses {
  readonly #parts: OtherProcessesParts;
  readonly #listRevisions = new Map<ClusterId, number>();
  /** The progress that was told last, by job. */
  readonly #told = new Map<JobId, string>();
  readonly #hurries = new Map<JobId, () => void>();
  #unwatch: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopped = true;
  #fails = false;

  constructor(parts: OtherProcessesParts) {
    this.#parts = parts;
  }

  /** After the feed was started. Resolves once it is known where everything stands. */
  async start(): Promise<void> {
    const { registry, events, state, clock } = this.#parts;
    this.#stopped = false;
    await clock.measure();
    for (const [clusterId, mark] of await state.marks()) this.#listRevisions.set(clusterId, mark.listRevision);
    this.#unwatch = registry.all().map(({ cluster: { id } }) =>
      events.watch(id, (event) => {
        if (event.type === "job") this.#jobChanged(event.job);
      }),
    );
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const unwatch of this.#unwatch) unwatch();
    await this.#looking;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#schedule());
    }, LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      await this.#parts.clock.measure();
      const marks = await this.#parts.state.marks();
      for (const [clusterId, mark] of marks) this.#compare(clusterId, mark);
      await this.#tellProgress(marks);
      this.#fails = false;
    } catch (error) {
      // Once for as long as it lasts, not five times a second.
      if (!this.#fails)
        this.#parts.log.warn({ err: error }, "what other processes do cannot be seen; that is tried again");
      this.#fails = true;
    }
  }

  #compare(clusterId: ClusterId, { newestSeq, listRevision }: ClusterMark): void {
    const { feed, events } = this.#parts;
    if (feed.toldSeq(clusterId) !== newestSeq) feed.poke(clusterId);
    if (this.#listRevisions.get(clusterId) === listRevision) return;
    this.#listRevisions.set(clusterId, listRevision);
    events.emit(clusterId, { type: "backups" });
  }

  async #tellProgress(marks: ReadonlyMap<ClusterId, ClusterMark>): Promise<void> {
    const { state, feed, driver, events } = this.#parts;
    const stored = await state.progress();
    const jobIds = new Set(stored.map(({ jobId }) => jobId));
    for (const jobId of this.#told.keys()) if (!jobIds.has(jobId)) this.#told.delete(jobId);
    for (const { clusterId, jobId, attempt, progress } of stored) {
      // The job may have ended since it was read. Nothing of its progress is told after its end was.
      const isUpToDate = feed.toldSeq(clusterId) === marks.get(clusterId)?.newestSeq;
      const text = JSON.stringify(progress);
      if (!isUpToDate || driver.drives(jobId) || this.#told.get(jobId) === text) continue;
      this.#told.set(jobId, text);
      events.emit(clusterId, { type: "progress", jobId, attempt, progress });
    }
  }

  /** What the process that makes a change does right away, those that hear of it do now. */
  #jobChanged(job: Job): void {
    const { driver, registry } = this.#parts;
    driver.cancelRequested(job);
    const watcher = registry.find(job.clusterId)?.watcher;
    if (watcher === undefined || !MOVES_CLUSTER.has(job.work.kind)) return;
    if (!isEnded(job.state)) {
      if (!this.#hurries.has(job.id)) this.#hurries.set(job.id, watcher.hurry());
      return;
    }
    this.#hurries.get(job.id)?.();
    this.#hurries.delete(job.id);
    void watcher.observeNow();
  }
}
