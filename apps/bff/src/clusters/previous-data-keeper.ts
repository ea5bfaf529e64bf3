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

export type PreviousDataKeeperParts = {
  readonly rule: PreviousDataRule;
  readonly store: Pick<JobStore, "repeated">;
  readonly gatekeeper: Gatekeeper;
  readonly jobs: Pick<JobService, "start">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
};

/**
 * Lets go what a restore put aside when its time has passed. What is there and since when comes from the cluster itself with each
 * observation, so that no restart forgets it, and nothing is let go of a cluster that does not answer.
 */
export class PreviousDataKeeper {
  readonly #parts: PreviousDataKeeperParts;
  readonly #notBeforeMs = new Map<ClusterId, number>();
  readonly #tries = new Set<Promise<void>>();
  #stopped = false;

  constructor(parts: PreviousDataKeeperParts) {
    this.#parts = parts;
  }

  observed(clusterId: ClusterId, { state, previousData }: ClusterObservation): void {
    if (this.#stopped || state === "unreachable" || previousData === undefined) return;
    const { rule, clock, log } = this.#parts;
    const letGoAt = rule.letGoAt(previousData.swappedAt);
    if (letGoAt === undefined || clock() < letGoAt) return;
    if (performance.now() < (this.#notBeforeMs.get(clusterId) ?? 0)) return;
    this.#notBeforeMs.set(clusterId, performance.now() + AGAIN_MS);
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
