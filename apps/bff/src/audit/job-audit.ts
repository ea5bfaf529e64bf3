import type { Job, JobKind, JobState } from "@snapdeck/contract/job";

/** What asking for that kind of work is called in the audit trail. */
export const ACT_OF: Record<JobKind, string> = {
  backup: "backup.start",
  restore: "restore.start",
  "delete-backup": "backup.delete",
  suspend: "cluster.suspend",
  resume: "cluster.resume",
  "load-example-data": "example-data.load",
};

export function targetOf({ id, clusterId, work }: Pick<Job, "id" | "clusterId" | "work">): string {
  const backup = "backupId" in work ? ` backup ${work.backupId}` : "";
  return `cluster ${clusterId}${backup} job ${id}`;
}

/** How a job ended, with the reason where it is not what was asked for. */
export function resultOf(state: JobState): string {
  switch (state.name) {
    case "failed":
    case "interrupted":
      return `${state.name}: ${state.problem.code}`;
    case "canceled":
      return `canceled by ${state.canceledBy}`;
    case "queued":
    case "running":
    case "canceling":
    case "succeeded":
      return state.name;
  }
}
