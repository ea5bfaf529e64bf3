import type { Job, JobKind, JobState } from "@snapdeck/contract/job";

/** What asking for that kind of work is called in the audit trail. */
const ACT_OF: Record<JobKind, string> = {
  backup: "backup.start",
  restore: "restore.start",
  "undo-restore": "restore.undo",
  "keep-restored": "restore.keep",
  "delete-backup": "backup.delete",
  "verify-backup": "backup.verify",
  "check-store": "store.check",
  "database-backup": "database-backup",
  suspend: "cluster.suspend",
  resume: "cluster.resume",
  "load-example-data": "example-data.load",
};

/** What asking for that work is called: of a statement, what it does to backups. */
export function actOf(work: Job["work"]): string {
  return work.kind === "database-backup" ? `${ACT_OF[work.kind]}.${work.deed}` : ACT_OF[work.kind];
}

/** So much of a statement is written down, in UTF-16 units: enough to see what was done to what. */
const MAX_STATEMENT_CHARS = 500;

/** What is written down of work that was accepted: a statement belongs to it, and what somebody typed to have a suspect backup restored. */
export function acceptedOf(work: Job["work"]): string {
  if (work.kind === "database-backup") {
    const { sql } = work;
    return `accepted: ${sql.length > MAX_STATEMENT_CHARS ? `${sql.slice(0, MAX_STATEMENT_CHARS)}...` : sql}`;
  }
  if (work.kind !== "restore" || work.suspectReason === undefined) return "accepted";
  return `accepted although the backup is suspect: ${work.suspectReason}`;
}

export function targetOf({ id, clusterId, work }: Pick<Job, "id" | "clusterId" | "work">): string {
  return `cluster ${clusterId}${objectOf(work)} job ${id}`;
}

/** The backup or the restore that the work is about, with a space before it. */
export function objectOf(work: Job["work"]): string {
  if (work.kind === "database-backup") return ` database backup ${work.backup}`;
  if ("backupId" in work) return ` backup ${work.backupId}`;
  return "restoreId" in work ? ` restore ${work.restoreId}` : "";
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
