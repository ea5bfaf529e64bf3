import type { Job, JobKind } from "@snapdeck/contract/job";
import { type Role, roleIncludes } from "@snapdeck/contract/role";
import type { Query, Reply } from "@snapdeck/contract/routes";
import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { ACTION_OF, ROLE_NEEDED } from "@snapdeck/core/rules/availability";
import type { AuditedAct } from "../audit/audited-act.ts";
import { targetOf } from "../audit/job-audit.ts";
import type { BackupCatalog } from "../backups/backup-catalog.ts";
import { mustHaveRoomForTrial } from "../backups/backup-space.ts";
import { noSuchBackup } from "../backups/no-such-backup.ts";
import type { StoreReader } from "../backups/store-reader.ts";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import { mustHavePutAside } from "../clusters/previous-data.ts";
import { withDeadline } from "../clusters/with-deadline.ts";
import type { Actor, JobService, PlainWork } from "../services.ts";
import { backupInUse, clusterBusy } from "./busy.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { JobDriver } from "./job-driver.ts";
import type { JobStarter } from "./job-starter.ts";
import { discardLeftovers, type OwnWork } from "./work-of.ts";

/** How long a person waits while what an attempt left is removed, in milliseconds. */
const CLEAR_WITHIN_MS = 20_000;

export type JobServiceParts = {
  readonly registry: ClusterRegistry;
  readonly store: JobStore;
  readonly catalog: BackupCatalog;
  readonly reader: StoreReader;
  readonly gatekeeper: Gatekeeper;
  readonly starter: JobStarter;
  readonly driver: JobDriver;
  readonly audited: AuditedAct;
  readonly clock: Clock;
  readonly ownWork: OwnWork;
};

export class DrivenJobService implements JobService {
  readonly #parts: JobServiceParts;

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
  }

  async start(clusterId: ClusterId, work: PlainWork, actor: Actor, idempotencyKey?: string): Promise<Job> {
    const { registry, starter, gatekeeper } = this.#parts;
    registry.get(clusterId);
    return starter.start<PlainWork>({ clusterId, work, actor, idempotencyKey }, async () => {
      if (work.kind === "delete-backup") await this.#mustBeDeletable(clusterId, work.backupId);
      if (work.kind === "verify-backup") await this.#mustBeListed(clusterId, work.backupId);
      const observed = await gatekeeper.mustAllow(clusterId, ACTION_OF[work.kind], actor.role);
      if (work.kind === "keep-restored") mustHavePutAside(observed, work.restoreId);
      if (work.kind === "verify-backup" && work.level === "L3") await this.#mustHaveRoom(clusterId, work.backupId);
      return undefined;
    });
  }

  async cancel(clusterId: ClusterId, jobId: JobId, actor: Actor): Promise<Job> {
    const { audited } = this.#parts;
    this.#parts.registry.get(clusterId);
    return audited.refusals(actor, "job.cancel", `cluster ${clusterId} job ${jobId}`, async () => {
      mustInclude(actor, ROLE_NEEDED.cancelJob);
      const job = await this.get(clusterId, jobId);
      switch (job.state.name) {
        case "queued":
        case "running":
        case "canceling":
          return this.#stop(job, actor);
        case "failed":
        case "interrupted":
          return this.#clear(job, actor);
        case "succeeded":
        case "canceled":
          throw new SnapdeckError(
            "job-finished",
            `${targetOf(job)} has ended already: ${job.state.name}; nothing was changed`,
          );
      }
    });
  }

  async get(clusterId: ClusterId, jobId: JobId): Promise<Job> {
    this.#parts.registry.get(clusterId);
    const job = await this.#parts.store.get(jobId);
    if (job === undefined || job.clusterId !== clusterId) {
      throw new SnapdeckError("job-not-found", `there is no job ${jobId} on cluster ${clusterId}`);
    }
    return job;
  }

  async page(clusterId: ClusterId, { limit, cursor }: Query<"listJobs">): Promise<Reply<"listJobs">> {
    this.#parts.registry.get(clusterId);
    return this.#parts.store.page(clusterId, limit, cursor);
  }

  async activity(clusterId: ClusterId): Promise<Reply<"listActivity">> {
    this.#parts.registry.get(clusterId);
    return this.#parts.store.activity(clusterId);
  }

  async changesSince(
    clusterId: ClusterId,
    since: number,
    limit: number,
  ): Promise<{ seq: number; job: Job }[] | undefined> {
    this.#parts.registry.get(clusterId);
    return this.#parts.store.changesSince(clusterId, since, limit);
  }

  async #mustBeDeletable(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    const user = await this.#parts.store.userOf(clusterId, backupId);
    const job = user === undefined ? undefined : await this.#parts.store.get(user);
    if (job !== undefined) throw backupInUse({ jobId: job.id, work: job.work });
    await this.#mustBeListed(clusterId, backupId);
    const { registry, reader } = this.#parts;
    // What is not there would be taken for deleted.
    await reader.mustBeMounted(registry.get(clusterId).cluster);
  }

  async #mustBeListed(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    if ((await this.#parts.catalog.get(clusterId, backupId)) !== undefined) return;
    throw noSuchBackup(clusterId, backupId);
  }

  /** An L3 proof restores into directories beside the live ones (I22). */
  async #mustHaveRoom(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    const { registry, reader } = this.#parts;
    mustHaveRoomForTrial(await reader.restoreSpace(registry.get(clusterId).cluster, backupId));
  }

  async #stop(job: Job, actor: Actor): Promise<Job> {
    const { registry, store, driver, clock } = this.#parts;
    // What was not begun needs no cluster that can stop it.
    if (job.state.name !== "queued" && !registry.get(job.clusterId).cluster.traits.cancels) {
      throw new SnapdeckError("not-supported", "this cluster cannot stop work that runs; the job goes on", {
        hint: "Wait until it has ended.",
      });
    }
    const asked = await store.requestCancel(job.id, actor, clock());
    driver.cancelRequested(asked);
    return asked;
  }

  /** The entry goes only when nothing is left of the attempt: where the cluster does not answer, it stays. */
  async #clear(job: Job, actor: Actor): Promise<Job> {
    const { registry, store, clock, ownWork } = this.#parts;
    if (job.dismissedAt === undefined && !(await this.#wasDoneAgain(job))) {
      const { cluster } = registry.get(job.clusterId);
      // Read before it is known that nobody has the cluster to himself: whoever gets it later has a newer one.
      const token = await store.newestToken(job.clusterId);
      await this.#mustNotDisturb(job);
      const cleared = discardLeftovers(cluster, job, token, ownWork);
      await withDeadline(cleared, CLEAR_WITHIN_MS, () => {
        throw new SnapdeckError("store-unavailable", `what ${targetOf(job)} left is not removed yet; the entry stays`, {
          hint: "That goes on; press Cancel again in a while.",
        });
      });
    }
    return store.dismiss(job.id, actor, clock());
  }

  /**
   * To the host manager, the token of whoever clears a restore away is a newer holder's: a job that gives it orders would find itself
   * shut out.
   */
  async #mustNotDisturb({ clusterId, work }: Job): Promise<void> {
    if (work.kind !== "restore") return;
    const { items } = await this.#parts.store.activity(clusterId);
    const holder = items.find(({ state, work: { kind } }) => !isEnded(state) && ordersHost(kind));
    if (holder !== undefined) throw clusterBusy({ jobId: holder.id, work: holder.work });
  }

  /** Example data has one place: what stands there now may be that of a later job, which is not this one's to remove. */
  async #wasDoneAgain(job: Job): Promise<boolean> {
    if (job.work.kind !== "load-example-data") return false;
    const { items } = await this.#parts.store.activity(job.clusterId);
    const succeeded = await this.#parts.store.lastSucceeded(job.clusterId, "load-example-data", 1);
    return [...items, ...succeeded].some(
      (other) => other.work.kind === "load-example-data" && other.id !== job.id && other.requestedAt >= job.requestedAt,
    );
  }
}

/** Work that gives the host manager orders under its fencing token. */
function ordersHost(kind: JobKind): boolean {
  return kind === "keep-restored" || lockModeOf(kind) === "exclusive";
}

function mustInclude({ role }: Actor, needed: Role): void {
  if (roleIncludes(role, needed)) return;
  throw new SnapdeckError("role-needed", `this needs the role ${needed}, and yours is ${role}; nothing was changed`);
}
