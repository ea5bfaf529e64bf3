import { setTimeout as sleep } from "node:timers/promises";
import { type Job, type JobPhase, type Progress, phasesOf, type RankProgress } from "@snapdeck/contract/job";
import type { Problem } from "@snapdeck/contract/problem";
import type { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import { advanceJob, isEnded, type JobEvent } from "@snapdeck/core/jobs/advance-job";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { JobStore, Lease } from "@snapdeck/core/ports/job-store";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterEvents } from "../clusters/cluster-events.ts";
import type { WatchedCluster } from "../clusters/cluster-registry.ts";
import { withDeadline } from "../clusters/with-deadline.ts";
import type { Log } from "../log.ts";
import type { AroundWork } from "./around-work.ts";
import { HeldLease, isLockLost } from "./held-lease.ts";
import { listenToWork } from "./listen-to-work.ts";
import { MOVES_CLUSTER } from "./moves-cluster.ts";
import {
  asksAgain,
  failedProblem,
  interruptedProblem,
  isUnreachable,
  type Outcome,
  parkedProblem,
  stoppedByAnother,
  unaccountedProblem,
} from "./outcome.ts";
import { ProgressChannel } from "./progress-channel.ts";
import { gaveNoSign, SilenceWatch } from "./silence-watch.ts";
import { discardLeftovers, type OwnWork, wasDone, workOf } from "./work-of.ts";

/** How long a cluster that does not answer is asked what came of the work, in milliseconds; every job is settled within 60 s (I25). */
const SETTLE_MS = 45_000;
const ASK_AGAIN_MS = 1_000;

/** How long it is waited for an answer that only saves work, in milliseconds. */
const ANSWER_MS = 10_000;

/** So many drivers may die under one job; then it counts as what kills them (reliability's J5 to J8). */
const MOST_DEATHS = 5;

export type JobRunParts = {
  readonly store: JobStore;
  readonly around: AroundWork;
  readonly ownWork: OwnWork;
  readonly events: ClusterEvents;
  readonly clock: Clock;
  /** The time that leases are judged by: the same for all processes that share the state. */
  readonly leaseClock: Clock;
  readonly leaseMs: number;
  /** How long work may report nothing, in milliseconds. */
  readonly silenceMs: number;
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
  #wasSilent = false;
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
    const { driversDied } = this.#held.lease;
    if (driversDied >= MOST_DEATHS) return this.#park(driversDied);
    let takeUp = this.#job.state.name !== "queued";
    if (!takeUp) {
      const [phase = "preparing"] = phasesOf(this.#job.work);
      await this.#apply({ type: "started", at: this.#parts.clock(), phase });
    }
    const giveUpAtMs = performance.now() + SETTLE_MS;
    for (let askedAgain = false; ; askedAgain = true) {
      const outcome = await this.#held.untilLost(this.#work(takeUp));
      if (outcome === undefined) return;
      if (outcome.type !== "threw") return this.#endInTime(outcome, takeUp);
      const { error } = outcome;
      this.#log.warn({ err: error, takeUp }, "the work threw");
      const inTime = performance.now() < giveUpAtMs;
      const circumstances = { takeUp, canceling: this.#canceled !== undefined, askedAgain };
      const again = inTime && (asksAgain(error, circumstances) || (!askedAgain && (await this.#wasDone())));
      if (!again) return this.#endInTime(outcome, takeUp);
      takeUp = true;
      await this.#held.untilLost(sleep(ASK_AGAIN_MS));
      if (this.#held.isLost) return;
    }
  }

  /** Runs the work to its last report, or until it is given up. */
  async #work(takeUp: boolean): Promise<Outcome> {
    const { around, ownWork, silenceMs } = this.#parts;
    const watch = new SilenceWatch(silenceMs, () => this.#tellToStop());
    try {
      if (!takeUp) await around.before(this.#target, this.#job);
      const order: WorkOrder = {
        jobId: this.#job.id,
        attempt: this.#job.attempt,
        fencingToken: this.#held.lease.token,
        takeUp,
        checkFence: async () => {
          watch.mustGoOn();
          await this.#held.checkFence();
        },
      };
      const listener = {
        heard: () => watch.heard(),
        isLost: () => this.#held.isLost,
        entered: (phase: JobPhase) => this.#apply({ type: "entered", phase }),
        progressed: (ranks: readonly RankProgress[]) => this.#progress.report(ranks),
      };
      const work = workOf(this.#target.cluster, this.#job, order, this.#cancel.signal, ownWork);
      return await Promise.race([listenToWork(work, listener), watch.givenUp]);
    } catch (error) {
      // A host may refuse a token that this database still holds for the newest; that is a failure, and no other process.
      if (isLockLost(error)) await this.#held.checkFence();
      return { type: "threw", error };
    } finally {
      watch.end();
    }
  }

  #tellToStop(): void {
    this.#log.warn("the work gives no sign of life; it is told to stop");
    this.#wasSilent = true;
    this.#cancel.abort();
  }

  /** Bringing a job to its end may hang as well; then it is left to whoever takes it up. */
  #endInTime(outcome: Outcome, takeUp: boolean): Promise<void> {
    return withDeadline(this.#end(outcome, takeUp), 2 * this.#parts.silenceMs, hangs);
  }

  async #end(outcome: Outcome, takeUp: boolean): Promise<void> {
    switch (outcome.type) {
      case "confirmed":
        if (outcome.evidence.kind !== this.#job.work.kind) {
          return this.#fail(new Error(`evidence of another kind: ${outcome.evidence.kind}`), true);
        }
        await this.#held.untilLost(this.#parts.around.confirmed(this.#target, this.#job, outcome.evidence));
        return this.#apply({ type: "confirmed", at: this.#parts.clock(), evidence: outcome.evidence });
      case "stopped":
        return this.#canceled === undefined ? this.#fail(this.#stoppedBy(), true) : this.#stopped();
      case "lost": {
        const cleaned = await this.#discard();
        return this.#canceled !== undefined && cleaned
          ? this.#stopped()
          : this.#interrupt(interruptedProblem(this.#job.work.kind, outcome.detail), cleaned);
      }
      case "threw": {
        const cleaned = await this.#discard();
        await this.#held.untilLost(this.#parts.around.unconfirmed(this.#target, this.#job));
        if (this.#canceled !== undefined && cleaned) return this.#stopped();
        if (takeUp && isUnreachable(outcome.error)) {
          return this.#interrupt(unaccountedProblem(this.#job.work.kind, outcome.error), cleaned);
        }
        return this.#fail(outcome.error, cleaned);
      }
    }
  }

  /** Why work was stopped that nobody canceled. */
  #stoppedBy(): SnapdeckError {
    if (!this.#wasSilent) return stoppedByAnother();
    return gaveNoSign(this.#parts.silenceMs, "and was stopped; nothing of it is left");
  }

  #stopped(): Promise<void> {
    return this.#apply({ type: "stopped", at: this.#parts.clock() });
  }

  #fail(error: unknown, cleaned: boolean): Promise<void> {
    return this.#apply({ type: "failed", at: this.#parts.clock(), problem: failedProblem(error, cleaned) }, cleaned);
  }

  /** Nothing is tried any more, not even to clean up: whatever kills its drivers may be just that. */
  #park(driversDied: number): Promise<void> {
    this.#log.error({ driversDied }, "the job killed its driver again and again; it is not taken up any more");
    return this.#apply({
      type: "failed",
      at: this.#parts.clock(),
      problem: parkedProblem(this.#job.work.kind, driversDied),
    });
  }

  #interrupt(problem: Problem, cleaned: boolean): Promise<void> {
    return this.#apply({ type: "lost", at: this.#parts.clock(), problem }, cleaned);
  }

  /** Removes what the attempt left, right away. False when that has to be done later, by Cancel. */
  async #discard(): Promise<boolean> {
    try {
      await this.#held.checkFence();
      const discarded = discardLeftovers(this.#target.cluster, this.#job, this.#held.lease.token, this.#parts.ownWork);
      await this.#held.untilLost(withDeadline(discarded, this.#parts.silenceMs, hangs));
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
    if (isEnded(state)) {
      this.#progress.stop();
      await failpoint("job.beforeSave");
    }
    await this.#held.checkFence();
    const progress = this.#progress.latest;
    const job = { ...this.#job, state, ...(progress === undefined ? {} : { progress }) };
    this.#adopt(await this.#held.insist(() => this.#parts.store.save(job, this.#held.lease, nothingLeft)));
    if (isEnded(state)) await failpoint("job.afterSave");
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
    return withDeadline(wasDone(this.#target.cluster, this.#job, this.#parts.ownWork), ANSWER_MS, () => false);
  }
}

function hangs(): never {
  throw new Error("no answer in time");
}
