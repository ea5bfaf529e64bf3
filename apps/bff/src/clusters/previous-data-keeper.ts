import type { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { ClusterObservation } from "@snapdeck/core/ports/cluster";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { Gatekeeper } from "../jobs/gatekeeper.ts";
import type { Log } from "../log.ts";
import type { JobService } from "../services.ts";
import { systemActor } from "../system-actor.ts";
import type { PreviousDataRule } from "./previous-data.ts";

/** How soon it is tried again where something stands in the way, in milliseconds. */
const AGAIN_MS = 30_000;

/**
 * For how long the cluster has to be seen to run with what was restored, in milliseconds: whoever brings it up after a weekend or a
 * power cut has that long to look at it, whatever the dates say.
 */
const SEEN_RUNNING_MS = 60 * 60 * 1_000;

export type PreviousDataKeeperParts = {
  readonly rule: PreviousDataRule;
  readonly store: Pick<JobStore, "repeated">;
  readonly gatekeeper: Gatekeeper;
  readonly jobs: Pick<JobService, "start">;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsedMs: () => number;
  readonly newId: () => string;
  readonly log: Log;
};

/** A cluster that runs, as far as this process saw it without a break. */
type Running = { readonly restoreId: JobId; readonly sinceMs: number };

/**
 * Lets go what a restore put aside when its time has passed. What is there and since when comes from the cluster itself with each
 * observation, so that no restart forgets it. Nothing is let go of a cluster that is not seen to run: what was restored may be what
 * keeps it from running. A clock that jumps ahead makes no time pass.
 */
export class PreviousDataKeeper {
  readonly #parts: PreviousDataKeeperParts;
  readonly #notBeforeMs = new Map<ClusterId, number>();
  readonly #running = new Map<ClusterId, Running>();
  /** What the clock said more than the other one, at least. */
  #aheadMs = Number.POSITIVE_INFINITY;
  readonly #tries = new Set<Promise<void>>();
  #stopped = false;

  constructor(parts: PreviousDataKeeperParts) {
    this.#parts = parts;
  }

  observed(clusterId: ClusterId, { state, previousData }: ClusterObservation): void {
    const nowMs = this.#nowMs();
    if (previousData === undefined || state !== "running") this.#running.delete(clusterId);
    if (this.#stopped || previousData === undefined || state !== "running") return;
    const { rule, elapsedMs, log } = this.#parts;
    const letGoAt = rule.letGoAt(previousData.swappedAt);
    const runsForMs = this.#runsForMs(clusterId, previousData.restoreId);
    if (letGoAt === undefined || nowMs < Date.parse(letGoAt) || runsForMs < SEEN_RUNNING_MS) return;
    if (elapsedMs() < (this.#notBeforeMs.get(clusterId) ?? 0)) return;
    this.#notBeforeMs.set(clusterId, elapsedMs() + AGAIN_MS);
    const trying = this.#letGo(clusterId, previousData.restoreId).catch((error: unknown) => {
      log.warn({ err: error, clusterId }, "previous data could not be let go; that is tried again");
    });
    this.#tries.add(trying);
    void trying.finally(() => this.#tries.delete(trying));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#tries);
  }

  /** Milliseconds since the epoch; goes back with the clock, and ahead only as time passes. */
  #nowMs(): number {
    const { clock, elapsedMs } = this.#parts;
    const elapsed = elapsedMs();
    this.#aheadMs = Math.min(this.#aheadMs, Date.parse(clock()) - elapsed);
    return this.#aheadMs + elapsed;
  }

  #runsForMs(clusterId: ClusterId, restoreId: JobId): number {
    const nowMs = this.#parts.elapsedMs();
    const known = this.#running.get(clusterId);
    if (known?.restoreId === restoreId) return nowMs - known.sinceMs;
    this.#running.set(clusterId, { restoreId, sinceMs: nowMs });
    return 0;
  }

  async #letGo(clusterId: ClusterId, restoreId: JobId): Promise<void> {
    const { store, gatekeeper, jobs, newId, log } = this.#parts;
    const work = { kind: "keep-restored", restoreId } as const;
    const actor = systemActor(newId);
    // One key for each restore: several servers start one job, and one that failed is not tried again before a day has passed.
    const idempotencyKey = `keep:${restoreId}`;
    if ((await store.repeated({ clusterId, work, requestedBy: actor, idempotencyKey })) !== undefined) return;
    try {
      // Asked beforehand, so that waiting for another job is no refusal in the audit trail.
      await gatekeeper.mustAllow(clusterId, "keepRestored", actor.role);
      const job = await jobs.start(clusterId, work, actor, idempotencyKey);
      log.info({ clusterId, restoreId, jobId: job.id }, "the time of the previous data has passed; it is let go");
    } catch (error) {
      if (!(error instanceof SnapdeckError)) throw error;
      log.info({ clusterId, restoreId, code: error.code }, "previous data cannot be let go now; that is tried again");
    }
  }
}
