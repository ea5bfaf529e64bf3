import { z } from "zod";
import { JobId } from "./scalars.ts";

/**
 * Every failure that a user can meet. A code exists only here; `status` is its HTTP status, `title` what happened in a few
 * words, and `retryable` says whether the same request may succeed later without anybody changing anything.
 */
export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request is malformed", retryable: false },
  "sql-syntax": { status: 400, title: "The SQL is malformed", retryable: false },
  "not-signed-in": { status: 401, title: "Not signed in", retryable: false },
  "wrong-credentials": { status: 401, title: "The name or the password is wrong", retryable: false },
  "setup-link-invalid": { status: 401, title: "The setup link is not valid", retryable: false },
  "role-needed": { status: 403, title: "This needs another role", retryable: false },
  "cross-site": { status: 403, title: "The request came from another site", retryable: false },
  "sign-in-too-old": { status: 403, title: "Confirm your password first", retryable: false },
  "route-not-found": { status: 404, title: "No such address", retryable: false },
  "cluster-not-found": { status: 404, title: "No such cluster", retryable: false },
  "backup-not-found": { status: 404, title: "No such backup", retryable: false },
  "job-not-found": { status: 404, title: "No such job", retryable: false },
  "snapshot-not-found": { status: 404, title: "No such snapshot", retryable: false },
  "schema-not-found": { status: 404, title: "No such schema", retryable: false },
  "object-not-found": { status: 404, title: "No such object", retryable: false },
  "table-not-found": { status: 404, title: "No such table", retryable: false },
  "connection-not-found": { status: 404, title: "No such data sink, data source or credential", retryable: false },
  "user-not-found": { status: 404, title: "No such user", retryable: false },
  "method-not-allowed": { status: 405, title: "This address does not take that method", retryable: false },
  "setup-done": { status: 409, title: "Snapdeck is set up already", retryable: false },
  "user-exists": { status: 409, title: "A user of that name exists", retryable: false },
  "last-admin": { status: 409, title: "The last admin must stay", retryable: false },
  "cluster-not-suspended": { status: 409, title: "The cluster is not suspended", retryable: false },
  "cluster-not-running": { status: 409, title: "The cluster is not running", retryable: false },
  "cluster-busy": { status: 409, title: "Another job holds the cluster", retryable: true },
  "cluster-not-empty": { status: 409, title: "The cluster holds data already", retryable: false },
  "backup-in-use": { status: 409, title: "A job is using this backup", retryable: true },
  "backup-unusable": { status: 409, title: "The backup cannot be trusted", retryable: false },
  "unapplied-changes": { status: 409, title: "Changes of rows would be lost on restore", retryable: false },
  "backup-suspect": { status: 409, title: "A later proof of the backup failed", retryable: false },
  "connection-exists": {
    status: 409,
    title: "A data sink, data source or credential of that name exists",
    retryable: false,
  },
  "connection-in-use": { status: 409, title: "Something else needs it", retryable: false },
  "schema-exists": { status: 409, title: "A schema of that name exists", retryable: false },
  "schema-not-empty": { status: 409, title: "The schema holds objects", retryable: false },
  "backup-exists": { status: 409, title: "A backup of that name exists", retryable: false },
  "full-not-purged": { status: 409, title: "A full snapshot is not purged", retryable: false },
  "nothing-to-merge": { status: 409, title: "There is nothing to merge", retryable: false },
  "restore-conflict": { status: 409, title: "The restore would hit objects that exist", retryable: false },
  "objects-in-circle": { status: 409, title: "The objects depend on each other in a circle", retryable: false },
  "store-changed": { status: 409, title: "Somebody else changed the store", retryable: true },
  "no-previous-data": { status: 409, title: "There is no restore to undo", retryable: false },
  "name-mismatch": { status: 409, title: "The typed name is another one", retryable: false },
  "plan-stale": { status: 409, title: "The plan no longer fits the cluster", retryable: false },
  "job-finished": { status: 409, title: "The job has ended already", retryable: false },
  "restore-in-progress": { status: 409, title: "A restore holds the cluster", retryable: true },
  "restore-already-swapped": { status: 409, title: "The restored data is in place already", retryable: false },
  "lock-lost": { status: 409, title: "Another process took the cluster over", retryable: false },
  "idempotency-conflict": { status: 409, title: "That key was used for another request", retryable: false },
  "not-supported": { status: 409, title: "This cluster cannot do that", retryable: false },
  "body-too-large": { status: 413, title: "The request is too large", retryable: false },
  "media-type": { status: 415, title: "The request must be JSON", retryable: false },
  "too-many-requests": { status: 429, title: "Too many requests", retryable: true },
  internal: { status: 500, title: "Unexpected error", retryable: false },
  "engine-failed": { status: 502, title: "The database reported an error", retryable: false },
  "cluster-unreachable": { status: 502, title: "The cluster did not answer", retryable: true },
  "host-unreachable": { status: 502, title: "The host manager did not answer", retryable: true },
  "rank-lost": { status: 502, title: "A rank stopped while it worked", retryable: true },
  interrupted: { status: 502, title: "The process that drove the job ended", retryable: true },
  "proof-failed": { status: 502, title: "The backup failed its proof", retryable: true },
  "store-broken": { status: 502, title: "The store check found something broken", retryable: false },
  "restore-differs": { status: 502, title: "The restored data differs from the backup", retryable: false },
  "no-progress": { status: 504, title: "The work stopped moving", retryable: true },
  "connection-failed": { status: 502, title: "The connection test failed", retryable: true },
  "store-unavailable": { status: 503, title: "The store did not answer", retryable: true },
  "state-unavailable": { status: 503, title: "The state database did not answer", retryable: true },
  "disk-full": { status: 507, title: "Not enough space", retryable: false },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes as a schema, so that an unknown code on the wire is refused and not shown. */
export const ProblemCode = z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]);

/**
 * A failure on the wire: RFC 9457 `application/problem+json`. `code`, `hint`, `retryable`, `jobId` and `requestId` are
 * extension members (RFC 9457 section 3.2).
 */
export const Problem = z.object({
  /** `/problems/<code>`; the page of that name is `docs/problems.md#<code>`. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: ProblemCode,
  /** What happened and what it means for the data; absent for errors nobody foresaw. */
  detail: z.string().optional(),
  /** One sentence: what to do next. */
  hint: z.string().optional(),
  retryable: z.boolean(),
  /** The job that stands in the way, where there is one. */
  jobId: JobId.optional(),
  /** Finds the request in the server's log. */
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
