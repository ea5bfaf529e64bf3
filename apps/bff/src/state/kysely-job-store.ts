import type { Job, JobKind, JobState, Progress } from "@snapdeck/contract/job";
import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { advanceJob, isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobChange, JobStore, Lease, NewJob, Requester } from "@snapdeck/core/ports/job-store";
import { appendAudit } from "../audit/append-audit.ts";
import { acceptedOf, actOf, resultOf, targetOf } from "../audit/job-audit.ts";
import { giveLockBack, takeLock, usersOfBackups } from "./cluster-lock.ts";
import { rememberKey, repeatedJob } from "./idempotency.ts";
import { insertJob, lockCluster, newestSeq, readChanges, updateJob } from "./job-changes.ts";
import { giveLeaseBack, grantLease, holdsLease, lengthenLease, lockLost } from "./job-leases.ts";
import { activityOf, lastSucceededOf, pageOfJobs, readJob, unownedJobs } from "./job-queries.ts";
import type { StateDb, StateTransaction } from "./state-tables.ts";
import { inRepeatableTransaction, inTransaction, patiently } from "./transactions.ts";

/** `JobStore` over Kysely: the same queries for SQLite and, with its row locks, for PostgreSQL. */
export class KyselyJobStore implements JobStore {
  readonly #db: StateDb;
  readonly #onChange: (clusterId: ClusterId) => void;

  /** @param onChange called after each change of a job was committed */
  constructor(db: StateDb, onChange: (clusterId: ClusterId) => void = () => undefined) {
    this.#db = db;
    this.#onChange = onChange;
  }

  async create(job: NewJob): Promise<Job> {
    const { work, clusterId, requestedAt, requestedBy } = job;
    return this.#change(clusterId, async (trx, inDoubt) => {
      const made = inDoubt ? await readJob(trx, job.id) : undefined;
      if (made !== undefined) return made;
      const repeated = await repeatedJob(trx, job);
      if (repeated !== undefined) return repeated;
      const created = await insertJob(trx, {
        id: job.id,
        clusterId,
        work,
        requestedBy: requestedBy.username,
        requestedAt,
        attempt: 1,
        state: { name: "queued" },
        seq: 0,
      });
      await takeLock(trx, job);
      await rememberKey(trx, job);
      await audit(trx, { job, by: requestedBy, act: actOf(work), result: acceptedOf(work), at: requestedAt });
      return created;
    });
  }

  repeated(job: Parameters<JobStore["repeated"]>[0]): Promise<Job | undefined> {
    return repeatedJob(this.#db, job);
  }

  get(id: JobId): Promise<Job | undefined> {
    return readJob(this.#db, id);
  }

  page(clusterId: ClusterId, limit: number, before?: string): Promise<{ items: Job[]; next: string | null }> {
    return pageOfJobs(this.#db, clusterId, limit, before);
  }

  activity(clusterId: ClusterId): Promise<{ items: Job[]; seq: number }> {
    return activityOf(this.#db, clusterId);
  }

  async claim(id: JobId, owner: string, now: string, leaseMs: number, seenToken = 0): Promise<Lease | undefined> {
    return inTransaction(this.#db, async (trx) => {
      const { clusterId } = await existingJob(trx, id);
      await lockCluster(trx, clusterId);
      const { state } = await existingJob(trx, id);
      return isEnded(state) ? undefined : grantLease(trx, { id, clusterId, seenToken }, owner, now, leaseMs);
    });
  }

  renew(lease: Lease, now: string, leaseMs: number): Promise<Lease> {
    return lengthenLease(this.#db, lease, now, leaseMs);
  }

  release(lease: Lease): Promise<void> {
    return giveLeaseBack(this.#db, lease);
  }

  async newestToken(clusterId: ClusterId): Promise<number> {
    const row = await this.#db
      .selectFrom("clusters")
      .select("newest_token")
      .where("id", "=", clusterId)
      .executeTakeFirst();
    return row?.newest_token ?? 0;
  }

  async checkFence(lease: Lease): Promise<void> {
    if (!(await patiently(() => holdsLease(this.#db, lease)))) throw lockLost(lease);
  }

  async save(job: Job, lease: Lease, nothingLeft = false): Promise<Job> {
    return this.#change(job.clusterId, async (trx, inDoubt) => {
      const stored = await existingJob(trx, job.id);
      // Stored by the attempt in doubt, which gave the lease back as well.
      if (inDoubt && isEnded(stored.state) && isEnded(job.state) && stored.state.endedAt === job.state.endedAt)
        return stored;
      if (lease.jobId !== job.id || !(await holdsLease(trx, lease))) throw lockLost(lease);
      const state = withCancelOf(stored.state, job.state, nothingLeft);
      const saved = await updateJob(trx, { ...job, state });
      if (isEnded(state)) {
        await giveLockBack(trx, job.id);
        const by = { username: job.requestedBy, origin: "system" };
        await audit(trx, { job, by, act: "job.end", result: resultOf(state), at: state.endedAt });
      }
      return saved;
    });
  }

  async saveProgress(id: JobId, lease: Lease, progress: Progress): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      const { clusterId } = await existingJob(trx, id);
      // Under the lock that ends of jobs take too: what a job that has ended shows is not overwritten any more.
      await lockCluster(trx, clusterId);
      if (lease.jobId !== id || !(await holdsLease(trx, lease))) return;
      await trx
        .updateTable("jobs")
        .set({ progress: JSON.stringify(progress) })
        .where("id", "=", id)
        .execute();
    });
  }

  async requestCancel(id: JobId, by: Requester, now: string): Promise<Job> {
    const { clusterId } = await patiently(() => existingJob(this.#db, id));
    return this.#change(clusterId, async (trx, inDoubt) => {
      const job = await existingJob(trx, id);
      if (inDoubt && job.state.name === "canceled" && job.state.endedAt === now) return job;
      if (isEnded(job.state)) throw jobFinished(job);
      const state = advanceJob(job.state, { type: "cancel-requested", at: now, by: by.username });
      if (state === job.state) return job;
      const saved = await updateJob(trx, { ...job, state });
      if (isEnded(state)) await giveLockBack(trx, id);
      const result = isEnded(state) ? resultOf(state) : "accepted";
      await audit(trx, { job, by, act: "job.cancel", result, at: now });
      return saved;
    });
  }

  async dismiss(id: JobId, by: Requester, now: string): Promise<Job> {
    const { clusterId } = await patiently(() => existingJob(this.#db, id));
    return this.#change(clusterId, async (trx) => {
      const job = await existingJob(trx, id);
      if (job.state.name !== "failed" && job.state.name !== "interrupted") throw jobFinished(job);
      if (job.dismissedAt !== undefined) return job;
      const saved = await updateJob(trx, { ...job, dismissedAt: now });
      await audit(trx, { job, by, act: "job.dismiss", result: "dismissed", at: now });
      return saved;
    });
  }

  unowned(now: string): Promise<Job[]> {
    return unownedJobs(this.#db, now);
  }

  changesSince(clusterId: ClusterId, since: number, limit: number): Promise<JobChange[] | undefined> {
    return readChanges(this.#db, clusterId, since, limit);
  }

  newestSeq(clusterId: ClusterId): Promise<number> {
    return newestSeq(this.#db, clusterId);
  }

  async userOf(clusterId: ClusterId, backupId: BackupId): Promise<JobId | undefined> {
    return (await usersOfBackups(this.#db, clusterId)).get(backupId);
  }

  lastSucceeded(clusterId: ClusterId, kind: JobKind, limit: number): Promise<Job[]> {
    return lastSucceededOf(this.#db, clusterId, kind, limit);
  }

  async #change(clusterId: ClusterId, act: (trx: StateTransaction, inDoubt: boolean) => Promise<Job>): Promise<Job> {
    const job = await inRepeatableTransaction(this.#db, async (trx, inDoubt) => {
      await lockCluster(trx, clusterId);
      return act(trx, inDoubt);
    });
    this.#onChange(clusterId);
    return job;
  }
}

/** The driver's word on a job, and the cancel that was asked for while it did not know. */
function withCancelOf(stored: JobState, saved: JobState, nothingLeft: boolean): JobState {
  if (stored.name !== "canceling") return saved;
  if (nothingLeft && (saved.name === "failed" || saved.name === "interrupted")) {
    return advanceJob(stored, { type: "stopped", at: saved.endedAt });
  }
  if (saved.name !== "running") return saved;
  return advanceJob(saved, {
    type: "cancel-requested",
    at: stored.cancelRequestedAt,
    by: stored.cancelRequestedBy,
  });
}

async function existingJob(db: StateDb, id: JobId): Promise<Job> {
  const job = await readJob(db, id);
  if (job === undefined) throw new SnapdeckError("job-not-found", `there is no job ${id}`);
  return job;
}

function jobFinished({ id, state }: Job): SnapdeckError {
  const words = isEnded(state) ? `has ended already: ${resultOf(state)}` : "has not ended yet";
  return new SnapdeckError("job-finished", `job ${id} ${words}; nothing was changed`);
}

type Told = {
  readonly job: Pick<Job, "id" | "clusterId" | "work">;
  readonly by: Requester;
  readonly act: string;
  readonly result: string;
  readonly at: string;
};

async function audit(trx: StateTransaction, { job, by, act, result, at }: Told): Promise<void> {
  await appendAudit(trx, {
    at,
    actor: by.username,
    origin: by.origin,
    act,
    target: targetOf(job),
    result,
    requestId: by.requestId,
  });
}
