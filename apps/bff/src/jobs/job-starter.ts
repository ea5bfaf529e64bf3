import type { Job, JobWork } from "@snapdeck/contract/job";
import { type ClusterId, JobId, type PlanId } from "@snapdeck/contract/scalars";
import type { Clock } from "@snapdeck/core/clock";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { AuditedAct } from "../audit/audited-act.ts";
import { actOf, objectOf } from "../audit/job-audit.ts";
import type { Actor } from "../services.ts";
import type { JobDriver } from "./job-driver.ts";

export type JobStarterParts = {
  readonly store: JobStore;
  readonly driver: JobDriver;
  readonly audited: AuditedAct;
  readonly clock: Clock;
  readonly newId: () => string;
};

export type StartOrder<W extends JobWork = JobWork> = {
  readonly clusterId: ClusterId;
  readonly work: W;
  readonly actor: Actor;
  readonly idempotencyKey: string | undefined;
  readonly planId?: PlanId;
};

/** Begins jobs: one that was asked for before is answered again, one that the rules refuse is written to the audit trail. */
export class JobStarter {
  readonly #parts: JobStarterParts;

  constructor(parts: JobStarterParts) {
    this.#parts = parts;
  }

  /**
   * @param check throws the reason why the job may not begin; answers the work as it is to be stored, or nothing where that is
   *   what was asked for
   */
  async start<W extends JobWork>(
    { clusterId, work, actor, idempotencyKey, planId }: StartOrder<W>,
    check: () => Promise<W | undefined>,
  ): Promise<Job> {
    const { store, driver, audited, clock, newId } = this.#parts;
    // A backup that was refused never existed.
    const target = `cluster ${clusterId}${work.kind === "backup" ? "" : objectOf(work)}`;
    return audited.refusals(actor, actOf(work), target, async () => {
      const request = {
        clusterId,
        work,
        requestedBy: actor,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(planId === undefined ? {} : { planId }),
      };
      const repeated = await store.repeated(request);
      if (repeated !== undefined) return repeated;
      const checked = (await check()) ?? work;
      const job = await store.create({
        ...request,
        work: checked,
        id: JobId.parse(newId()),
        requestedAt: clock(),
        lock: lockModeOf(work.kind),
      });
      driver.wake();
      return job;
    });
  }
}
