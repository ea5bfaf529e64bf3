import type { Kysely, Transaction } from "kysely";

/** The state database as queries see it. Moments are ISO 8601 texts, documents are JSON texts, byte counts are whole numbers. */
export type StateTables = {
  /** Counters that only grow. A transaction that changes jobs of a cluster locks its row first. */
  clusters: { id: string; newest_seq: number; newest_token: number };
  jobs: JobTable;
  /** Each change of a job as it was then: what the live stream replays. */
  job_changes: { cluster_id: string; seq: number; job: string };
  /** One row for each job under way: the cluster's lock. */
  job_locks: {
    job_id: string;
    cluster_id: string;
    kind: string;
    mode: string;
    backup_id: string | null;
  };
  /** Who drives a job, and until when. */
  job_leases: { job_id: string; cluster_id: string; owner: string; token: number; expires_at: string };
  idempotency_keys: { username: string; key: string; request: string; job_id: string; used_at: string };
  /** The catalog: a copy of what the stores' manifests say, made for paging. */
  backups: {
    cluster_id: string;
    backup_id: string;
    taken_at: string;
    size_bytes: number;
    search_text: string;
    backup: string;
    /** When it was completed, while no later proof of it is known; null once there is one. */
    unproven_since: string | null;
    /** When it was last read from the store. */
    read_at: string;
  };
  /** How often the list of each cluster changed: what tells other processes to show it again. */
  catalog_marks: { cluster_id: string; revision: number };
  inventories: { cluster_id: string; observed_at: string; inventory: string };
  restore_plans: { id: string; cluster_id: string; expires_at: string; plan: string; world: string };
  /** Credentials, data sinks and data sources; what they are is sealed. */
  connections: {
    cluster_id: string;
    kind: string;
    schema: string;
    name: string;
    definition: string;
    created_at: string;
    created_by: string;
    changed_at: string;
  };
  users: {
    id: string;
    username: string;
    username_key: string;
    role: string;
    password_hash: string;
    created_at: string;
    last_sign_in_at: string | null;
  };
  sessions: {
    token_hash: string;
    user_id: string;
    csrf_token: string;
    created_at: string;
    last_seen_at: string;
    confirmed_at: string;
  };
  audit: {
    seq: number;
    at: string;
    actor: string;
    origin: string;
    act: string;
    target: string;
    result: string;
    request_id: string | null;
    previous_hash: string;
    hash: string;
  };
  /** One row: where the chain stands, so that a tail that was cut off shows. */
  audit_head: { id: number; seq: number; hash: string };
};

export type JobTable = {
  id: string;
  cluster_id: string;
  /** The number of its first change: orders the jobs of a cluster, and is the cursor of their pages. */
  created_seq: number;
  kind: string;
  backup_id: string | null;
  /** The whole `JobWork`; kind and backup stand beside it for queries. */
  work: string;
  /** How often the process that drove the job died under it. */
  drivers_died: number;
  requested_by: string;
  requested_at: string;
  attempt: number;
  state_name: string;
  state: string;
  progress: string | null;
  dismissed_at: string | null;
  seq: number;
};

export type StateDb = Kysely<StateTables>;
export type StateTransaction = Transaction<StateTables>;
