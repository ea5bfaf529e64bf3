import { type Job, PHASES, type Progress } from "@snapdeck/contract/job";
import type { Problem } from "@snapdeck/contract/problem";
import type { Clock } from "@snapdeck/core/clock";
import { advanceJob, isEnded, type JobEvent } from "@snapdeck/core/jobs/advance-job";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { JobStore, Lease } from "@snapdeck/core/ports/job-store";
import type { ClusterEvents } from "../clusters/cluster-events.ts";
import type { WatchedCluster } from "../clusters/cluster-registry.ts";
import type { Log } from "../log.ts";
import type { AroundWork } from "./around-work.ts";
import { HeldLease, isLockLost } from "./held-lease.ts";
import {
  asksAgain,
  failedProblem,
  interruptedProblem,
  isUnreachable,
  type Outcome,
  stoppedByAnother,
  unaccountedProblem,
} from "./outcome.ts";
import { ProgressChannel } from "./progress-channel.ts";
import { discardLeftovers, wasDone, workOf } from "./work-of.ts";

/** How long a cluster that does not answer is asked what came of the work, in milliseconds; every job is settled within 60 s (I25). */
const SETTLE_MS = 45_000;
const ASK_AGAIN_MS = 1_000;

export type JobRunParts = {
  readonly store: JobStore;
  readonly around: AroundWork;
  readonly events: ClusterEvents;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly log: Log;
};

/**
 * Brings one job to its end under a lease. The engine's word decides the end. A run whose lease is another's by now writes nothing
 * more, and neither stops nor cleans up what that other one goes on with.
 */
export class JobRun {
  readonly #parts: JobRunParts;
  readonly #target: WatchedCluster;
  readonly #log: Log;
  readonly #held: HeldLease;
  readonly #progress: ProgressChannel;
  readonly #cancel = new AbortController();
  #canceled: { readonly at: string; readonly by: string } | undefined;
  #job: Job;

  constructor(parts: JobRunParts, target: WatchedCluster, job: Job, lease: Lease) {
    this.#parts = parts;
    this.#target = target;
    this.#job = job;
    this.#log = parts.log.child({ jobId: job.id, kind: job.work.kind, clusterId: job.clusterId });
    this.#held = new HeldLease({ ...parts, log: this.#log }, lease, () => this.#look());
    this.#progress = new ProgressChannel(job, parts.clock, {
      tell: (progress) =>
        parts.events.emit(job.clusterId, { type: "progress", jobId: job.id, attempt: job.attempt, progress }),
      store: (progress) => void this.#storeProgress(progress),
    });
    this.cancelRequested(job);
  }

  /** Resolves when the job has ended or this run is over; never rejects. */
  async run(): Promise<void> {
    this.#held.start();
    const relax = MOVES_CLUSTER.has(this.#job.work.kind) ? this.#target.watcher.hurry() : undefined;
    try {
      await this.#drive();
    } catch (error) {
      if (isLockLost(error)) this.#log.info("another process drives this job now");
      else if (!this.#held.isLost)
        this.#log.error({ err: error }, "driving the job failed; it is taken up again when its lease runs out");
    } finally {
      this.#held.lose();
      this.#progress.stop();
      relax?.();
    }
  }

  /** Stops the work; the job goes on until the cluster says what came of it. */
  cancelRequested({ state }: Job): void {
    if (state.name !== "canceling") return;
    this.#canceled ??= { at: state.cancelRequestedAt, by: state.cancelRequestedBy };
    this.#adopt(this.#job);
    this.#cancel.abort();
  }

  /** Stops driving without stopping the work; answers the lease to give back. */
  abandon(): Lease {
    this.#held.lose();
    return this.#held.lease;
  }

  async #drive(): Promise<void> {
    let takeUp = this.#job.state.name !== "queued";
    if (!takeUp) {
      const [phase] = PHASES[this.#job.work.kind];
      await this.#apply({ type: "started", at: this.#parts.clock(), phase });
    }
    const giveUpAtMs = performance.now() + SETTLE_MS;
    for (let askedAgain = false; ; askedAgain = true) {
      const outcome = await this.#untilLost(this.#work(takeUp));
      if (outcome === undefined) return;
      if (outcome.type !== "threw") return this.#end(outcome, takeUp);
      const { error } = outcome;
      this.#log.warn({ err: error, takeUp }, "the work threw");
      const inTime = performance.now() < giveUpAtMs;
      const circumstances = { takeUp, canceling: this.#canceled !== undefined, askedAgain };
      const again = inTime && (asksAgain(error, circumstances) || (!askedAgain && (await this.#wasDone())));
      if (!again) return this.#end(outcome, takeUp);
      takeUp = true;
      await this.#pause();
      if (this.#held.isLost) return;
    }
  }

  /** Runs the work to its last report. */
  async #work(takeUp: boolean): Promise<Outcome> {
    try {
      if (!takeUp) await this.#parts.around.before(this.#target, this.#job);
      const order: WorkOrder = {
        jobId: this.#job.id,
        attempt: this.#job.attempt,
        fencingToken: this.#held.lease.token,
        takeUp,
        checkFence: () => this.#held.checkFence(),
      };
      return await this.#follow(workOf(this.#target.cluster, this.#job, order, this.#cancel.signal));
    } catch (error) {
      // A host may refuse a token that this database still holds for the newest; that is a failure, and no other process.
      if (isLockLost(error)) await this.#held.checkFence();
      return { type: "threw", error };
    }
  }

  async #follow(work: Work): Promise<Outcome> {
    for await (const report of work) {
      // Not a `return`: that would run the adapter's clean-up over work that another process goes on with.
      if (this.#held.isLost) await new Promise<never>(() => undefined);
      switch (report.type) {
        case "phase":
          await this.#apply({ type: "entered", phase: report.phase });
          break;
        case "progress":
          this.#progress.report(report.ranks);
          break;
        case "confirmed":
        case "stopped":
        case "lost":
          return report;
      }
    }
    throw new Error("the work ended without a last report");
  }

  async #end(outcome: Outcome, takeUp: boolean): Promise<void> {
    switch (outcome.type) {
      case "confirmed":
        if (outcome.evidence.kind !== this.#job.work.kind) {
          return this.#fail(new Error(`evidence of another kind: ${outcome.evidence.kind}`), true);
        }
        await this.#untilLost(this.#parts.around.confirmed(this.#target, this.#job, outcome.evidence));
        return this.#apply({ type: "confirmed", at: this.#parts.clock(), evidence: outcome.evidence });
      case "stopped":
        return this.#canceled === undefined ? this.#fail(stoppedByAnother(), true) : this.#stopped();
      case "lost": {
        const cleaned = await this.#discard();
        return this.#canceled !== undefined && cleaned
          ? this.#stopped()
          : this.#interrupt(interruptedProblem(this.#job.work.kind, outcome.detail), cleaned);
      }
      case "threw": {
        const cleaned = await this.#discard();
        await this.#untilLost(this.#parts.around.unconfirmed(this.#target, this.#job));
        if (this.#canceled !== undefined && cleaned) return this.#stopped();
        if (takeUp && isUnreachable(outcome.error)) {
          return this.#interrupt(unaccountedProblem(this.#job.work.kind, outcome.error), cleaned);
        }
        return this.#fail(outcome.error, cleaned);
      }
    }
  }

  #stopped(): Promise<void> {
    return this.#apply({ type: "stopped", at: this.#parts.clock() });
  }

  #fail(error: unknown, cleaned: boolean): Promise<void> {
    return this.#apply({ type: "failed", at: this.#parts.clock(), problem: failedProblem(error, cleaned) }, cleaned);
  }

  #interrupt(problem: Problem, cleaned: boolean): Promise<void> {
    return this.#apply({ type: "lost", at: this.#parts.clock(), problem }, cleaned);
  }

  /** Removes what the attempt left, right away. False when that has to be done later, by Cancel. */
  async #discard(): Promise<boolean> {
    try {
      await this.#held.checkFence();
      await this.#untilLost(discardLeftovers(this.#target.cluster, this.#job, this.#held.lease.token));
      return true;
    } catch (error) {
      if (isLockLost(error)) await this.#held.checkFence();
      this.#log.warn({ err: error }, "what the attempt left could not be removed");
      return false;
    }
  }

  /** @throws {SnapdeckError} `lock-lost`; nothing is stored then. */
  async #apply(event: JobEvent, nothingLeft = false): Promise<void> {
    const state = advanceJob(this.#job.state, event);
    if (state === this.#job.state) return;
    if (isEnded(state)) this.#progress.stop();
    await this.#held.checkFence();
    const progress = this.#progress.latest;
    const job = { ...this.#job, state, ...(progress === undefined ? {} : { progress }) };
    this.#adopt(await this.#parts.store.save(job, this.#held.lease, nothingLeft));
  }

  /** Takes a stored job over, without forgetting a cancel that it may be older than. */
  #adopt(job: Job): void {
    if (this.#canceled === undefined || job.state.name !== "running") this.#job = job;
    else this.#job = { ...job, state: advanceJob(job.state, { type: "cancel-requested", ...this.#canceled }) };
  }

  async #look(): Promise<void> {
    const job = await this.#parts.store.get(this.#job.id);
    if (job !== undefined) this.cancelRequested(job);
  }

  async #storeProgress(progress: Progress): Promise<void> {
    try {
      await this.#parts.store.saveProgress(this.#job.id, this.#held.lease, progress);
    } catch (error) {
      this.#log.warn({ err: error }, "the progress of a job could not be stored");
    }
  }

  #wasDone(): Promise<boolean> {
    return wasDone(this.#target.cluster, this.#job);
  }

  async #pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.#untilLost(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ASK_AGAIN_MS);
      }),
    );
    clearTimeout(timer);
  }

  /** What `act` comes to, or undefined as soon as the lease is lost. */
  async #untilLost<T>(act: Promise<T>): Promise<T | undefined> {
    // What comes after the loss is nobody's business here, a failure included.
    act.catch(() => undefined);
    return Promise.race([act, this.#held.lost.then(() => undefined)]);
  }
}

/** Work that changes the state of the cluster: it is observed faster meanwhile. */
const MOVES_CLUSTER = new Set<Job["work"]["kind"]>(["suspend", "resume", "restore"]);
