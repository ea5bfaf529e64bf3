import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";

/** What was known of the jobs when a script was sent, and who sent it. It tells those apart that came of it, whatever the clocks say. */
export type JobsBefore = { readonly seq: number; readonly ids: ReadonlySet<JobId>; readonly username: string };

/**
 * The jobs that came of a script, in the order of its statements, each as its newest change has it. Whoever runs another script at the same
 * time under the same name has its jobs among them.
 */
export function jobsOfScript(jobs: readonly Job[], { seq, ids, username }: JobsBefore): Job[] {
  const newest = new Map<JobId, Job>();
  for (const job of jobs) {
    const isOfScript =
      job.work.kind === "database-backup" && job.requestedBy === username && job.seq > seq && !ids.has(job.id);
    if (isOfScript && (newest.get(job.id)?.seq ?? -1) < job.seq) newest.set(job.id, job);
  }
  return [...newest.values()].toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
}
