import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { Lease } from "@snapdeck/core/ports/job-store";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import { JobRun, type JobRunParts } from "./job-run.ts";

/** How often jobs are looked for that nobody drives, in milliseconds, beside the moments when one is known to be there. */
const LOOK_EVERY_MS = 1_000;

export type JobDriverParts = JobRunParts & {
  readonly registry: ClusterRegistry;
  /** Names this process among those that share the state database. */
  readonly owner: string;
};

/** Drives every job that nobody drives: new ones, and those whose process died. */
export class JobDriver {
  readonly #parts: JobDriverParts;
  readonly #runs = new Map<JobId, { readonly run: JobRun; readonly over: Promise<void> }>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = true;

  constructor(parts: JobDriverParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stopped = false;
    this.#timer = setInterval(() => this.wake(), Math.min(LOOK_EVERY_MS, this.#parts.leaseMs / 3));
    this.wake();
  }

  /** Looks for jobs to drive now. */
  wake(): void {
    if (this.#stopped) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look();
  }

  /** Tells the run of that job, when it is one of this process, that somebody asked for its cancel. */
  cancelRequested(job: Job): void {
    this.#runs.get(job.id)?.run.cancelRequested(job);
  }

  /** Whether this process drives that job. */
  drives(jobId: JobId): boolean {
    return this.#runs.has(jobId);
  }

  /** Stops driving without canceling anything, and gives the leases back: the next process goes on at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#looking;
    const leases: Lease[] = [];
    for (const { run } of this.#runs.values()) leases.push(run.abandon());
    await Promise.all([...this.#runs.values()].map(({ over }) => over));
    for (const lease of leases) await this.#giveBack(lease);
  }

  async #giveBack(lease: Lease): Promise<void> {
    try {
      await this.#parts.store.release(lease);
    } catch (error) {
      this.#parts.log.warn(
        { err: error, jobId: lease.jobId },
        "a lease could not be given back; it runs out by itself",
      );
    }
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      try {
        for (const job of await this.#parts.store.unowned(this.#parts.leaseClock())) await this.#take(job);
      } catch (error) {
        this.#parts.log.error({ err: error }, "jobs could not be looked for; that is tried again");
      }
    }
    // In the same turn as the last check of the flag, so that no call of `wake` falls in between.
    this.#looking = undefined;
  }

  async #take({ id, clusterId }: Job): Promise<void> {
    const target = this.#parts.registry.find(clusterId);
    if (target === undefined || this.#runs.has(id) || this.#stopped) return;
    const { store, owner, leaseClock, leaseMs } = this.#parts;
    await failpoint("job.beforeClaim");
    const { newestToken } = await target.watcher.shown();
    const lease = await store.claim(id, owner, leaseClock(), leaseMs, newestToken);
    if (lease === undefined) return;
    await failpoint("job.afterClaim");
    const job = await store.get(id);
    // One that was queued may have been canceled since it was claimed; there is nothing left to drive.
    if (job === undefined || isEnded(job.state)) return;
    const run = new JobRun(this.#parts, target, job, lease);
    const over = run.run().finally(() => {
      this.#runs.delete(id);
    });
    this.#runs.set(id, { run, over });
  }
}
