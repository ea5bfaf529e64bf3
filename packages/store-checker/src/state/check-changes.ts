import { Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { z } from "zod";
import { whyNot } from "../store/read-manifest.ts";
import { type CheckedJobs, fingerprintOf } from "./check-jobs.ts";
import type { StateLook } from "./look-at-state.ts";
import { ChangeRow, type ClusterRow, pagedRows } from "./state-rows.ts";

/** What was read of one cluster's stream so far. */
type Stream = { firstSeq: number; lastSeq: number };

/**
 * Proves that each cluster's stream of changes has no gap and ends with its newest, that the last change of each job is the job, and
 * that no job was changed after its end: whoever did that was not its driver any more.
 */
export async function checkChanges(
  look: StateLook,
  clusters: readonly z.infer<typeof ClusterRow>[],
  { jobs, fingerprints }: CheckedJobs,
): Promise<void> {
  const streams = new Map<string, Stream>();
  const ends = new Map<string, string>();
  const rows = pagedRows(look.reader, look.pace, { table: "job_changes", row: ChangeRow, by: ["cluster_id", "seq"] });
  for await (const row of rows) {
    follow(look, streams, row);
    const subject = `change ${row.seq} of cluster ${row.cluster_id}`;
    const broken = (kind: string, detail: string) => look.findings.broken({ invariant: "I29", kind, subject, detail });
    const job = readChange(row, (why) => broken("change-unreadable", why));
    if (job === undefined) continue;
    const facts = jobs.get(job.id);
    if (facts === undefined) broken("change-unknown-job", `is one of job ${job.id}, which is not there`);
    else if (row.seq > facts.seq) broken("change-newer", `is newer than its job ${job.id}, which says ${facts.seq}`);
    else if (row.seq === facts.seq && fingerprintOf(job) !== fingerprints.get(job.id)) {
      broken("change-differs", `is the newest of job ${job.id} and not what the job is`);
    }
    keepsItsEnd(look, ends, job);
  }
  for (const cluster of clusters) endsWithNewest(look, streams.get(cluster.id), cluster);
  for (const { id, clusterId, seq } of jobs.values()) {
    const { firstSeq = 0, lastSeq = 0 } = streams.get(clusterId) ?? {};
    look.findings.looked("I29");
    // Older changes than the first that is kept are gone for good; one beyond the last was named above.
    if (seq >= firstSeq && seq <= lastSeq) continue;
    if (seq < firstSeq) continue;
    const detail = `says ${seq} is its newest change, and the stream of cluster ${clusterId} ends with ${lastSeq}`;
    look.findings.broken({ invariant: "I29", kind: "change-missing", subject: `job ${id}`, detail });
  }
}

function follow(look: StateLook, streams: Map<string, Stream>, { cluster_id, seq }: z.infer<typeof ChangeRow>): void {
  look.findings.looked("I29");
  const stream = streams.get(cluster_id);
  if (stream === undefined) {
    streams.set(cluster_id, { firstSeq: seq, lastSeq: seq });
    return;
  }
  if (seq !== stream.lastSeq + 1) {
    const detail = `follows ${stream.lastSeq}: the changes between are missing`;
    const subject = `change ${seq} of cluster ${cluster_id}`;
    look.findings.broken({ invariant: "I29", kind: "change-gap", subject, detail });
  }
  stream.lastSeq = seq;
}

function endsWithNewest(look: StateLook, stream: Stream | undefined, cluster: z.infer<typeof ClusterRow>): void {
  look.findings.looked("I29");
  const last = stream?.lastSeq ?? 0;
  if (last === cluster.newest_seq) return;
  const detail = `says ${cluster.newest_seq} is its newest change, and its stream ends with ${last}`;
  look.findings.broken({ invariant: "I29", kind: "change-tail", subject: `cluster ${cluster.id}`, detail });
}

function readChange(row: z.infer<typeof ChangeRow>, broken: (why: string) => void): Job | undefined {
  try {
    const job = Job.parse(JSON.parse(row.job));
    if (job.seq === row.seq && job.clusterId === row.cluster_id) return job;
    broken(`holds change ${job.seq} of cluster ${job.clusterId}`);
  } catch (thrown) {
    broken(`cannot be read: ${whyNot(thrown)}`);
  }
  return undefined;
}

function keepsItsEnd(look: StateLook, ends: Map<string, string>, { id, state, seq }: Job): void {
  const end = ends.get(id);
  const now = JSON.stringify(state);
  if (end !== undefined) {
    look.findings.looked("I24");
    if (end !== now) {
      const detail = `had ended, and change ${seq} made it ${state.name}: somebody wrote who did not drive it any more`;
      look.findings.broken({ invariant: "I24", kind: "ended-job-changed", subject: `job ${id}`, detail });
    }
  }
  if (!UNDER_WAY.some((name) => name === state.name)) ends.set(id, now);
}
