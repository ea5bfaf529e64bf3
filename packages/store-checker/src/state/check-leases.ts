import type { z } from "zod";
import type { StateLook } from "./look-at-state.ts";
import { type ClusterRow, type LeaseRow, LeaseRow as LeaseRowSchema, pagedRows } from "./state-rows.ts";
import type { JobFacts } from "./state-view.ts";

/** Within this a job whose driver died is driven again or has ended, in milliseconds (I25). */
const DRIVEN_AGAIN_WITHIN_MS = 60_000;

/** Proves that leases belong to jobs under way, that their tokens only grow, and that somebody drives each job. */
export async function checkLeases(
  look: StateLook,
  clusters: readonly z.infer<typeof ClusterRow>[],
  jobs: ReadonlyMap<string, JobFacts>,
): Promise<void> {
  const newest = new Map(clusters.map(({ id, newest_token }) => [id, newest_token]));
  const holders = new Map<string, string>();
  const expiresAt = new Map<string, number>();
  for await (const lease of pagedRows(look.reader, look.pace, {
    table: "job_leases",
    row: LeaseRowSchema,
    by: ["job_id"],
  })) {
    look.findings.looked("I24");
    const fault = faultOf(lease, jobs.get(lease.job_id), newest.get(lease.cluster_id) ?? 0);
    const subject = `lease of job ${lease.job_id}`;
    if (fault !== undefined) look.findings.broken({ invariant: "I24", subject, ...fault });
    const token = JSON.stringify([lease.cluster_id, lease.token]);
    const other = holders.get(token);
    if (other !== undefined) {
      const detail = `has token ${lease.token}, and so has the lease of job ${other}`;
      look.findings.broken({ invariant: "I24", kind: "token-twice", subject, detail });
    }
    holders.set(token, lease.job_id);
    // One that was put aside by a start has no moment; it is as good as none.
    const atMs = Date.parse(lease.expires_at);
    if (!Number.isNaN(atMs)) expiresAt.set(lease.job_id, atMs);
  }
  for (const job of jobs.values()) if (job.isUnderWay) isDriven(look, job, expiresAt.get(job.id));
}

function faultOf(
  lease: LeaseRow,
  job: JobFacts | undefined,
  newestToken: number,
): { kind: string; detail: string } | undefined {
  if (job === undefined || !job.isUnderWay) {
    return { kind: "lease-left", detail: job === undefined ? "its job is not there" : `its job is ${job.stateName}` };
  }
  if (lease.token <= newestToken) return undefined;
  return { kind: "token-ahead", detail: `has token ${lease.token}, and the newest of its cluster is ${newestToken}` };
}

function isDriven(look: StateLook, job: JobFacts, leaseEndedAtMs: number | undefined): void {
  look.findings.looked("I25");
  const since = leaseEndedAtMs ?? job.movedAtMs;
  if (look.nowMs - since <= DRIVEN_AGAIN_WITHIN_MS) return;
  const what = leaseEndedAtMs === undefined ? "has no lease and did not move" : "has a lease that ran out";
  const detail = `is ${job.stateName} and ${what} since ${new Date(since).toISOString()}: nobody drives it; start Snapdeck`;
  look.findings.broken({ invariant: "I25", kind: "job-undriven", subject: `job ${job.id}`, detail });
}
