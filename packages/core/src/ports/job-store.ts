import type { Job, JobKind, JobWork, Progress } from "@snapdeck/contract/job";
import type { BackupId, ClusterId, JobId, PlanId } from "@snapdeck/contract/scalars";

/**
 * `exclusive`: alone on the cluster (restore, suspend, resume). `shared`: beside others of its kind (backups, deletes). `aside`:
 * touches the store and not the cluster, so that whatever the cluster does goes on beside it (verifications).
 */
export type LockMode = "exclusive" | "shared" | "aside";

/** Who asks, as the audit trail will say it. */
export type Requester = {
  readonly username: string;
  /** The address the request came from. */
  readonly origin: string;
  readonly requestId?: string;
};

export type NewJob = {
  readonly id: JobId;
  readonly clusterId: ClusterId;
  readonly work: JobWork;
  readonly requestedBy: Requester;
  readonly requestedAt: string;
  readonly lock: LockMode;
  /** The same key by the same user answers the same job; with another request it is refused. */
  readonly idempotencyKey?: string;
  /** The plan that a restore carries out: with another one, the same key is another request. */
  readonly planId?: PlanId;
};

/**
 * The right to drive one job until `expiresAt`. `token` is the fencing token: strictly greater than every one given before on
 * that cluster, by whichever process.
 */
export type Lease = {
  readonly jobId: JobId;
  readonly owner: string;
  readonly token: number;
  readonly expiresAt: string;
  /** How many holders before this one died under the job: their leases ran out and nobody gave them back. */
  readonly driversDied: number;
};

export type JobChange = { readonly seq: number; readonly job: Job };

/**
 * Jobs, the cluster's lock and the stream of changes. Every change of a job is one transaction that also gives it the next `seq` of
 * its cluster, so that a reader of changes misses none and sees them in order. What somebody asked for and how a job ended is
 * written to the audit trail in the same transaction (I30).
 */
export interface JobStore {
  /**
   * Takes the cluster's lock and stores the job as `queued`, or neither.
   * @throws {SnapdeckError} `cluster-busy` with the holder's job id; `backup-in-use` when the work deletes a backup that a job uses
   *   or uses one that a job deletes; `idempotency-conflict`
   */
  create(job: NewJob): Promise<Job>;

  /**
   * The job that the same request made before; undefined when its key is new or it has none.
   * @throws {SnapdeckError} `idempotency-conflict` when that key was used for another request
   */
  repeated(
    job: Pick<NewJob, "clusterId" | "work" | "requestedBy" | "idempotencyKey" | "planId">,
  ): Promise<Job | undefined>;

  get(id: JobId): Promise<Job | undefined>;

  /** Newest first; `before` is the cursor a page answered. */
  page(clusterId: ClusterId, limit: number, before?: string): Promise<{ items: Job[]; next: string | null }>;

  /** All jobs under way or failed and not dismissed, newest first, with the newest `seq` of the cluster. */
  activity(clusterId: ClusterId): Promise<{ items: Job[]; seq: number }>;

  /**
   * Gives the lease of a job that is not ended and that nobody holds a live lease on; undefined when another was quicker. A lease that
   * ran out tells of a driver that died. Its token is greater than `seenToken` too: what the cluster remembers of a console whose state
   * is gone.
   */
  claim(id: JobId, owner: string, now: string, leaseMs: number, seenToken?: number): Promise<Lease | undefined>;

  /** Lengthens the lease. @throws {SnapdeckError} `lock-lost` when it is another's by now. */
  renew(lease: Lease, now: string, leaseMs: number): Promise<Lease>;

  /** Gives the lease back while the job goes on, so that anybody may claim it at once. Idempotent. */
  release(lease: Lease): Promise<void>;

  /** The newest fencing token that was given on the cluster; 0 before the first. */
  newestToken(clusterId: ClusterId): Promise<number>;

  /** @throws {SnapdeckError} `lock-lost` unless `lease` is still the job's newest. */
  checkFence(lease: Lease): Promise<void>;

  /**
   * Stores `job` as changed by the holder of `lease`; when its new state is an end, gives lease and lock back in the same
   * transaction. A cancel that was asked for meanwhile is kept; with `nothingLeft`, work that failed or was lost then ends in
   * `canceled` (I26). Answers the job as stored, with its new `seq`.
   * @throws {SnapdeckError} `lock-lost` when the lease is another's by now; nothing is stored then.
   */
  save(job: Job, lease: Lease, nothingLeft?: boolean): Promise<Job>;

  /** Stores how far a job is, outside the stream of changes. Best effort: a lost lease is ignored. */
  saveProgress(id: JobId, lease: Lease, progress: Progress): Promise<void>;

  /**
   * Asks for a cancel of a job that is queued or running; the holder of the lease sees it at its next renewal or at once when it is
   * in the same process. A queued job is canceled right here: nothing of it was begun, and whoever claimed it finds the lease gone.
   * @throws {SnapdeckError} `job-not-found`, `job-finished`
   */
  requestCancel(id: JobId, by: Requester, now: string): Promise<Job>;

  /** Marks a failed or interrupted job as dismissed. Idempotent. @throws {SnapdeckError} `job-not-found`, `job-finished` */
  dismiss(id: JobId, by: Requester, now: string): Promise<Job>;

  /** Jobs that are queued, or whose lease has run out: somebody should drive them. Oldest first. */
  unowned(now: string): Promise<Job[]>;

  /** Changes after `since`, in order, at most `limit`; undefined when changes that old are no longer kept, or none is that new. */
  changesSince(clusterId: ClusterId, since: number, limit: number): Promise<JobChange[] | undefined>;

  /** The newest `seq` of the cluster; 0 before its first change. */
  newestSeq(clusterId: ClusterId): Promise<number>;

  /** The job that is under way and uses or makes or deletes this backup. */
  userOf(clusterId: ClusterId, backupId: BackupId): Promise<JobId | undefined>;

  /** The last jobs of that kind that succeeded, newest first: what an expected time is computed from. */
  lastSucceeded(clusterId: ClusterId, kind: JobKind, limit: number): Promise<Job[]>;
}
