import { Job } from "@snapdeck/contract/job";
import type { Selectable } from "kysely";
import type { JobTable } from "./state-tables.ts";

export function jobOfRow(row: Selectable<JobTable>): Job {
  return Job.parse({
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
}

/** The columns that change while a job lives. */
export function changingColumns(
  job: Job,
): Pick<JobTable, "attempt" | "state_name" | "state" | "progress" | "dismissed_at" | "seq"> {
  return {
    attempt: job.attempt,
    state_name: job.state.name,
    state: JSON.stringify(job.state),
    progress: job.progress === undefined ? null : JSON.stringify(job.progress),
    dismissed_at: job.dismissedAt ?? null,
    seq: job.seq,
  };
}

/** The backup that the job makes, uses or deletes. */
export function backupOf(work: Job["work"]): string | null {
  return "backupId" in work ? work.backupId : null;
}
