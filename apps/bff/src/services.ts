import type { AuditEntry } from "@snapdeck/contract/audit";
import type { Backup, RestorePlan } from "@snapdeck/contract/backup";
import type { Cluster, Inventory, TableChecksum } from "@snapdeck/contract/cluster";
import type { Job, JobWork, Progress } from "@snapdeck/contract/job";
import type { Role } from "@snapdeck/contract/role";
import type { Body, Query, Reply } from "@snapdeck/contract/routes";
import type { BackupId, ClusterId, JobId, UserId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import type { SqlReply } from "@snapdeck/contract/sql";

/** Who acts, as the audit trail will say it. */
export type Actor = {
  readonly username: string;
  readonly role: Role;
  /** The address the request came from. */
  readonly origin: string;
  readonly requestId: string;
};

/** What happened, for those who watch a cluster. Only `job` is a change of state and carries a `seq`. */
export type ClusterEvent =
  | { readonly type: "job"; readonly seq: number; readonly job: Job }
  | { readonly type: "progress"; readonly jobId: JobId; readonly attempt: number; readonly progress: Progress }
  | { readonly type: "cluster" }
  | { readonly type: "backups" };

/** Clusters as a user of that role sees them. @throws {SnapdeckError} `cluster-not-found` for an unknown id, in every method */
export interface ClusterService {
  list(role: Role): Promise<Cluster[]>;
  view(clusterId: ClusterId, role: Role): Promise<Cluster>;
  inventory(clusterId: ClusterId): Promise<Inventory>;
  checksum(clusterId: ClusterId, database: string, table: string, signal: AbortSignal): Promise<TableChecksum>;
  /** Calls `listener` on each event of the cluster until the answer is called. */
  watch(clusterId: ClusterId, listener: (event: ClusterEvent) => void): () => void;
}

/**
 * What is started as it is asked for; a backup, a restore and its undo are asked for with more than their work says, and statements
 * of the backup SQL as SQL.
 */
export type PlainWork = Exclude<JobWork, { kind: "restore" | "backup" | "undo-restore" | "database-backup" }>;

/** Jobs. Starting and canceling check the rules at the request, write the audit entry, and answer at once. */
export interface JobService {
  start(clusterId: ClusterId, work: PlainWork, actor: Actor, idempotencyKey?: string): Promise<Job>;
  cancel(clusterId: ClusterId, jobId: JobId, actor: Actor): Promise<Job>;
  get(clusterId: ClusterId, jobId: JobId): Promise<Job>;
  page(clusterId: ClusterId, query: Query<"listJobs">): Promise<Reply<"listJobs">>;
  activity(clusterId: ClusterId): Promise<Reply<"listActivity">>;
  /** Changes after `since` in order; undefined when some of them are no longer kept. */
  changesSince(clusterId: ClusterId, since: number, limit: number): Promise<{ seq: number; job: Job }[] | undefined>;
}

/** `clusterName` and `suspectReason` as an admin typed them. */
export type RestoreOrder = Body<"startRestore">;

export interface BackupService {
  page(clusterId: ClusterId, query: Query<"listBackups">): Promise<Reply<"listBackups">>;
  get(clusterId: ClusterId, backupId: BackupId): Promise<Backup>;
  /** Backup Now: preflight of state and space, then a job. */
  start(clusterId: ClusterId, actor: Actor, idempotencyKey?: string): Promise<Job>;
  planRestore(clusterId: ClusterId, backupId: BackupId, actor: Actor): Promise<RestorePlan>;
  startRestore(clusterId: ClusterId, order: RestoreOrder, actor: Actor, idempotencyKey?: string): Promise<Job>;
  /** Brings back what that restore put aside. `clusterName` as typed. */
  undoRestore(
    clusterId: ClusterId,
    order: { restoreId: JobId; clusterName: string },
    actor: Actor,
    idempotencyKey?: string,
  ): Promise<Job>;
}

/** Who asks for statements, and how. */
export type SqlAsker = {
  readonly actor: Actor;
  /** Names a script that may be sent twice. */
  readonly idempotencyKey: string | undefined;
  /** @throws {SnapdeckError} `sign-in-too-old` unless the password was typed of late */
  readonly mustBeFresh: () => void;
  /** Aborted when nobody waits for the answer any more: jobs go on, and no further statement is begun. */
  readonly signal: AbortSignal;
};

export interface SqlService {
  /**
   * Runs the statements of a script in order; those of the backup dialect here, everything else on the engine.
   * @throws {SnapdeckError} `sql-syntax`, `role-needed`, `sign-in-too-old`: nothing was run then; and what the first statement was refused for
   */
  run(clusterId: ClusterId, sql: string, asker: SqlAsker): Promise<SqlReply>;
}

/** A stored user with what signing in needs. */
export type StoredUser = User & { readonly passwordHash: string };

/** What is written to the audit trail. */
export type AuditNote = Pick<AuditEntry, "actor" | "origin" | "act" | "target" | "result"> & { requestId?: string };

/** Users. Each change writes its note to the audit trail in the same transaction, so that there is none without the other (I30). */
export interface UserStore {
  count(): Promise<number>;
  list(): Promise<User[]>;
  byId(id: UserId): Promise<StoredUser | undefined>;
  /** Names are compared without regard to case. */
  byName(username: string): Promise<StoredUser | undefined>;
  /** @throws {SnapdeckError} `user-exists` */
  create(user: StoredUser, note: AuditNote): Promise<void>;
  /** @throws {SnapdeckError} `setup-done` unless there was no user at all: decided inside one transaction. */
  createFirst(user: StoredUser, note: AuditNote): Promise<void>;
  /**
   * Changes the user and removes the user's sessions.
   * @throws {SnapdeckError} `user-not-found`, `last-admin` when no admin would be left: decided inside one transaction.
   */
  change(id: UserId, change: { role?: Role; passwordHash?: string }, note: AuditNote): Promise<User>;
  /**
   * The password that `user` was read with was right.
   * @throws {SnapdeckError} `wrong-credentials` when the user has gone or has another password since.
   */
  signedIn(user: StoredUser, at: string, note: AuditNote): Promise<User>;
  /** @throws {SnapdeckError} `user-not-found`, `last-admin` */
  delete(id: UserId, note: AuditNote): Promise<void>;
}

/** A signed-in browser. Only the SHA-256 of the cookie's token is stored, so that the file gives nobody a session. */
export type StoredSession = {
  readonly tokenHash: string;
  readonly userId: UserId;
  readonly csrfToken: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly confirmedAt: string;
};

export interface SessionStore {
  create(session: StoredSession): Promise<void>;
  get(tokenHash: string): Promise<StoredSession | undefined>;
  touch(tokenHash: string, change: { lastSeenAt?: string; confirmedAt?: string }): Promise<void>;
  delete(tokenHash: string): Promise<void>;
  deleteOfUser(userId: UserId): Promise<void>;
  /** Removes sessions last seen before `idleSince` or created before `createdSince`. */
  expire(idleSince: string, createdSince: string): Promise<void>;
}

export interface AuditLog {
  append(note: AuditNote): Promise<void>;
  page(limit: number, before?: number): Promise<{ items: AuditEntry[]; next: number | null }>;
  /** Recomputes the chain; answers the first entry that does not fit, or undefined when all do. */
  firstBreak(): Promise<number | undefined>;
}

/** All that the HTTP and live layers know of the rest of the server. */
export type Services = {
  readonly clusters: ClusterService;
  readonly jobs: JobService;
  readonly backups: BackupService;
  readonly sql: SqlService;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly audit: AuditLog;
  /** Whether state database and clusters answer; what does not is named. For `/readyz`. */
  readiness(): Promise<{ ready: boolean; waitingFor: string[] }>;
};
