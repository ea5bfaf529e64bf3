import { createHash } from "node:crypto";
import { Job, UNDER_WAY } from "@snapdeck/contract/job";
import { whyNot } from "../store/read-manifest.ts";
import type { StateLook } from "./look-at-state.ts";
import { JobRow, pagedRows } from "./state-rows.ts";
import type { JobFacts } from "./state-view.ts";

export type CheckedJobs = {
  readonly jobs: ReadonlyMap<string, JobFacts>;
  /** What each job's newest change must hold, by job. */
  readonly fingerprints: ReadonlyMap<string, string>;
};

/** Proves that every job can be read, so that someone can drive it or say why it ended. */
export async function checkJobs(look: StateLook): Promise<CheckedJobs> {
  const jobs = new Map<string, JobFacts>();
  const fingerprints = new Map<string, string>();
  for await (const row of pagedRows(look.reader, look.pace, { table: "jobs", row: JobRow, by: ["id"] })) {
    look.findings.looked("I25");
    const job = read(look, row);
    if (job === undefined) continue;
    jobs.set(job.id, factsOf(job, row));
    fingerprints.set(job.id, fingerprintOf(job));
  }
  return { jobs, fingerprints };
}

function read(look: StateLook, row: JobRow): Job | undefined {
  const broken = (kind: string, detail: string) =>
    look.findings.broken({ invariant: "I25", kind, subject: `job ${row.id}`, detail });
  try {
    const job = Job.parse({
      id: row.id,
      clusterId: row.cluster_id,
      work: JSON.parse(row.work),
      requestedBy: row.requested_by,
      requestedAt: row.requested_at,
      attempt: row.attempt,
      state: JSON.parse(row.state),
      ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) }),
      ...(row.dismissed_at === null ? {} : { dismissedAt: row.dismissed_at }),
      seq: row.seq,
    });
    // Jobs are looked for by these columns, so one that they hide is driven by nobody.
    if (job.work.kind !== row.kind) broken("job-row-differs", `is found as ${row.kind} and is ${job.work.kind}`);
    if (backupOf(job) !== (row.backup_id ?? undefined)) {
      broken("job-row-differs", `is found by backup ${row.backup_id} and names ${backupOf(job) ?? "none"}`);
    }
    if (job.state.name !== row.state_name) {
      broken("job-row-differs", `is found as ${row.state_name} and is ${job.state.name}`);
    }
    return job;
  } catch (thrown) {
    broken("job-unreadable", `cannot be read: ${whyNot(thrown)}`);
    return undefined;
  }
}

function backupOf({ work }: Job): string | undefined {
  return "backupId" in work ? work.backupId : undefined;
}

function factsOf(job: Job, { created_seq }: JobRow): JobFacts {
  const { state, work } = job;
  const evidence = state.name === "succeeded" ? state.evidence : undefined;
  const moments = [
    job.requestedAt,
    "startedAt" in state ? state.startedAt : undefined,
    state.name === "canceling" ? state.cancelRequestedAt : undefined,
    job.progress?.measuredAt,
  ];
  return {
    id: job.id,
    clusterId: job.clusterId,
    kind: work.kind,
    backupId: backupOf(job),
    stateName: state.name,
    isUnderWay: UNDER_WAY.some((name) => name === state.name),
    createdSeq: created_seq,
    seq: job.seq,
    movedAtMs: Math.max(...moments.flatMap((moment) => (moment === undefined ? [] : [Date.parse(moment)]))),
    manifestSha256: evidence?.kind === "backup" ? evidence.manifestSha256 : undefined,
  };
}

/** Of all that a change of a job holds; progress is stored without one. */
export function fingerprintOf({ progress: _, ...job }: Job): string {
  // A parsed job has its members in the order of its schema.
  return createHash("sha256").update(JSON.stringify(job)).digest("base64");
}
