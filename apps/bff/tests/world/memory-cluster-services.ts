import { randomUUID } from "node:crypto";
import { Backup, type RestorePlan } from "@snapdeck/contract/backup";
import { ACTIONS, Cluster } from "@snapdeck/contract/cluster";
import { isActivity, Job, type JobState, type JobWork } from "@snapdeck/contract/job";
import { BackupId, ClusterId, JobId, PlanId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Actor, ClusterEvent, Services } from "../../src/services.ts";

export const LOCAL = ClusterId.parse("local");
const T0 = "2026-11-22T09:00:00.000Z";

/** A valid job; name only what the test is about. */
export function aJob(overrides: Partial<Job> = {}): Job {
  return Job.parse({
    id: randomUUID(),
    clusterId: LOCAL,
    work: { kind: "suspend" },
    requestedBy: "ada",
    requestedAt: T0,
    attempt: 1,
    state: { name: "queued" },
    seq: 0,
    ...overrides,
  });
}

/** A valid backup. */
export function aBackup(overrides: Partial<Backup> = {}): Backup {
  return Backup.parse({
    id: "20261122-090000-abcdef",
    clusterId: LOCAL,
    takenAt: T0,
    completedAt: T0,
    tookMs: 1200,
    sizeBytes: 1024,
    files: 3,
    databases: 1,
    tables: 1,
    rows: 10,
    ranks: 1,
    engineVersion: "26.7",
    requestedBy: "ada",
    manifestSha256: "a".repeat(64),
    proof: { level: "L1", provenAt: T0 },
    proofs: [{ level: "L1", provenAt: T0 }],
    ...overrides,
  });
}

/** One cluster with jobs, in memory: what happens is up to the test. */
export class MemoryClusterServices {
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly jobs = new Map<string, Job>();
  readonly changes: { seq: number; job: Job }[] = [];
  /** Changes up to this one are no longer kept. */
  forgottenUpTo = 0;
  state: Cluster["state"] = "running";
  /** What starting work was asked with. */
  readonly asked: { what: string; actor: Actor; idempotencyKey: string | undefined }[] = [];
  /** Makes the next reply of `view` something that no cluster is. */
  spoilNextView = false;
  /** Thrown by `inventory`. */
  inventoryFails: unknown;

  get seq(): number {
    return this.changes.length;
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  emit(event: ClusterEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Stores a change and answers it, without telling anybody. */
  store(job: Job): { seq: number; job: Job } {
    const seq = this.seq + 1;
    const change = { seq, job: { ...job, seq } };
    this.changes.push(change);
    this.jobs.set(job.id, change.job);
    return change;
  }

  /** Stores a change and tells it. */
  change(job: Job, state: JobState = job.state): Job {
    const { seq, job: stored } = this.store({ ...job, state });
    this.emit({ type: "job", seq, job: stored });
    return stored;
  }

  get services(): Pick<Services, "clusters" | "jobs" | "backups" | "sql"> {
    return { clusters: this.#clusters(), jobs: this.#jobs(), backups: this.#backups(), sql: this.#sql() };
  }

  #known(clusterId: ClusterId): void {
    if (clusterId !== LOCAL) throw new SnapdeckError("cluster-not-found", `no cluster ${clusterId}`);
  }

  #view(role: string): Cluster {
    const allowed =
      role === "viewer" ? { allowed: false, code: "role-needed", reason: "Ask an operator" } : { allowed: true };
    return Cluster.parse({
      id: LOCAL,
      name: "local",
      engine: { name: "ClickHouse", version: "26.7" },
      state: this.state,
      observedAt: T0,
      ranks: [],
      traits: {
        suspends: true,
        backsUpSuspended: false,
        reportsBytes: true,
        cancels: true,
        speaksBackupSql: false,
        takesDatabaseBackups: true,
        loadsExampleData: true,
      },
      backups: { count: 0 },
      jobsUnderWay: 0,
      jobsFailed: 0,
      actions: Object.fromEntries(ACTIONS.map((action) => [action, allowed])),
    });
  }

  #clusters(): Services["clusters"] {
    return {
      list: async (role) => [this.#view(role)],
      view: async (clusterId, role) => {
        this.#known(clusterId);
        const view = this.#view(role);
        if (!this.spoilNextView) return view;
        this.spoilNextView = false;
        return { ...view, name: "" };
      },
      inventory: async (clusterId) => {
        this.#known(clusterId);
        if (this.inventoryFails !== undefined) throw this.inventoryFails;
        return { observedAt: T0, live: true, databases: [], rows: 0, sizeBytes: 0 };
      },
      checksum: async (_clusterId, database, table) => ({
        database,
        table,
        rows: 1,
        checksum: "1",
        tookMs: 1,
        observedAt: T0,
      }),
      watch: (clusterId, listener) => {
        this.#known(clusterId);
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #start(work: JobWork, actor: Actor, idempotencyKey: string | undefined): Job {
    this.asked.push({ what: work.kind, actor, idempotencyKey });
    return this.change(aJob({ work, requestedBy: actor.username }));
  }

  #jobs(): Services["jobs"] {
    return {
      start: async (clusterId, work, actor, idempotencyKey) => {
        this.#known(clusterId);
        return this.#start(work, actor, idempotencyKey);
      },
      cancel: async (_clusterId, jobId) => {
        const job = this.jobs.get(jobId);
        if (job === undefined) throw new SnapdeckError("job-not-found", `no job ${jobId}`);
        return this.change(job, { name: "canceled", endedAt: T0, canceledBy: "ada" });
      },
      get: async (_clusterId, jobId) => {
        const job = this.jobs.get(jobId);
        if (job === undefined) throw new SnapdeckError("job-not-found", `no job ${jobId}`);
        return job;
      },
      page: async () => ({ items: [...this.jobs.values()], next: null }),
      activity: async (clusterId) => {
        this.#known(clusterId);
        return { items: [...this.jobs.values()].filter(isActivity), seq: this.seq };
      },
      changesSince: async (clusterId, since, limit) => {
        this.#known(clusterId);
        if (since < this.forgottenUpTo) return undefined;
        return this.changes.slice(since, since + limit);
      },
    };
  }

  /** Says what it was asked, as the one row of its answer. */
  #sql(): Services["sql"] {
    return {
      run: async (clusterId, sql, { actor, idempotencyKey, mustBeFresh }) => {
        this.#known(clusterId);
        mustBeFresh();
        this.asked.push({ what: sql, actor, idempotencyKey });
        return { results: [{ kind: "done", statement: sql }] };
      },
    };
  }

  #backups(): Services["backups"] {
    return {
      page: async () => ({ items: [aBackup()], next: null, total: 1, seq: this.seq }),
      get: async (_clusterId, backupId) => aBackup({ id: backupId }),
      start: async (_clusterId, actor, idempotencyKey) =>
        this.#start({ kind: "backup", backupId: BackupId.parse("b1") }, actor, idempotencyKey),
      planRestore: async (_clusterId, backupId): Promise<RestorePlan> => ({
        id: PlanId.parse(randomUUID()),
        backup: aBackup({ id: backupId }),
        clusterName: "local",
        madeAt: T0,
        expiresAt: T0,
        tables: [],
        rowsThen: 0,
        space: { neededBytes: 1, freeBytes: 2, enough: true },
        warnings: [],
      }),
      startRestore: async (_clusterId, _order, actor, idempotencyKey) => {
        if (this.state !== "suspended") {
          throw new SnapdeckError("cluster-not-suspended", "local is running; nothing was changed", {
            hint: "Suspend the cluster first.",
            jobId: JobId.parse("2f1b3c52-7b1c-4a52-9b0e-1f3f4d5a6b7c"),
          });
        }
        return this.#start({ kind: "restore", backupId: BackupId.parse("b1") }, actor, idempotencyKey);
      },
      undoRestore: async (_clusterId, { restoreId }, actor, idempotencyKey) =>
        this.#start({ kind: "undo-restore", restoreId }, actor, idempotencyKey),
    };
  }
}
