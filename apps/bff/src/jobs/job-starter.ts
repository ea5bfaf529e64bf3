import type { Job, JobWork } from "@snapdeck/contract/job";
import { type ClusterId, JobId } from "@snapdeck/contract/scalars";
import type { Clock } from "@snapdeck/core/clock";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { AuditedAct } from "../audit/audited-act.ts";
import { ACT_OF } from "../audit/job-audit.ts";
import type { Actor } from "../services.ts";
import type { JobDriver } from "./job-driver.ts";

export type JobStarterParts = {
  readonly store: JobStore;
  readonly driver: JobDriver;
  readonly audited: AuditedAct;
  readonly clock: Clock;
  readonly newId: () => string;
};

export type StartOrder = {
  readonly clusterId: ClusterId;
  readonly work: JobWork;
  readonly actor: Actor;
  readonly idempotencyKey: string | undefined;
};

/** Begins jobs: one that was asked for before is answered again, one that the rules refuse is written to the audit trail. */
export class JobStarter {
  readonly #parts: JobStarterParts;

  constructor(parts: JobStarterParts) {
    this.#parts = parts;
  }

  /** @param check throws the reason why the job may not begin */
  async start({ clusterId, work, actor, idempotencyKey }: StartOrder, check: () => Promise<void>): Promise<Job> {
    const { store, driver, audited, clock, newId } = this.#parts;
    const target = `cluster ${clusterId}${"backupId" in work && work.kind !== "backup" ? ` backup ${work.backupId}` : ""}`;
    return audited.refusals(actor, ACT_OF[work.kind], target, async () => {
      const request = {
        clusterId,
        work,
        requestedBy: actor,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      };
      const repeated = await store.repeated(request);
      if (repeated !== undefined) return repeated;
      await check();
      const job = await store.create({
        ...request,
        id: JobId.parse(newId()),
        requestedAt: clock(),
        lock: lockModeOf(work.kind),
      });
      driver.wake();
      return job;
    });
  }
}
