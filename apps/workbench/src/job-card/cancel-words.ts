import type { DatabaseBackupDeed, Job, JobPhase } from "@snapdeck/contract/job";

/** What Cancel means for a job as it stands now: the question that is asked first, what it does, and the verb of the button. */
export type CancelWords = {
  readonly question: string;
  readonly effect: string;
  readonly confirm: string;
  readonly keep: string;
};

/** The words of Cancel, or undefined where there is nothing left to cancel. */
export function cancelWords(job: Job): CancelWords | undefined {
  switch (job.state.name) {
    case "queued":
      return {
        question: "Cancel this job before it starts?",
        effect: "Nothing was changed yet, and nothing will be.",
        confirm: "Cancel the job",
        keep: "Keep it queued",
      };
    case "running":
      return { question: "Stop this job?", effect: effectWhileRunning(job), confirm: "Stop it", keep: "Let it run" };
    case "failed":
    case "interrupted":
      return {
        question: "Clear this entry?",
        effect: `Cancel ${LEFTOVERS[job.work.kind]} The entry leaves Activity and stays in the list of jobs.`,
        confirm: "Clear the entry",
        keep: "Keep it",
      };
    case "canceling":
    case "succeeded":
    case "canceled":
      return undefined;
  }
}

function effectWhileRunning(job: Job): string {
  switch (job.work.kind) {
    case "backup":
      return "This is safe: the cluster's data is not touched, earlier backups stay, and the files copied so far are removed.";
    case "restore":
      return job.state.name === "running" && job.state.phase === "swapping"
        ? "The swap has begun. If it can still be stopped, everything stays as it was; if not, the restore ends as succeeded."
        : "This is safe: before the swap, the cluster's data stays exactly as it was, and what was restored so far is removed.";
    case "delete-backup":
      return "If the backup is still listed it stays; if it was unlisted already, the rest of its files goes.";
    case "verify-backup":
      return "This is safe: a verification changes nothing. What was proven before still holds, and a throw-away rank is removed.";
    case "undo-restore":
      return "If the swap can still be stopped, the restored data stays in place; if not, the undo ends as succeeded.";
    case "keep-restored":
      return "What was removed is gone. If any of it is, the restore can no longer be undone; the restored data is not touched.";
    case "check-store":
      return "This is safe: a check changes nothing. What it has found so far is not told.";
    case "database-backup":
      return effectOnDatabaseBackup(job.work.deed, job.state.name === "running" ? job.state.phase : undefined);
    case "suspend":
      return "The cluster goes on running if its ranks have not been stopped yet. No data is touched.";
    case "resume":
      return "The cluster stays suspended if its ranks have not been started yet. No data is touched.";
    case "load-example-data":
      return "The example tables that were made so far are removed. Other data is not touched.";
  }
}

/** `phase`: where the job is. */
function effectOnDatabaseBackup(deed: DatabaseBackupDeed, phase: JobPhase | undefined): string {
  switch (deed) {
    case "take":
      return "This is safe: no data is touched, listed snapshots stay, and what was written so far is removed.";
    case "alter":
      return "This is safe: it ends as done or as not begun, and every listed snapshot stays restorable.";
    case "restore":
      return phase === "swapping"
        ? "Objects are being exchanged. If that can still be stopped, everything stays as it was; if not, it ends as succeeded."
        : "This is safe: existing objects stay exactly as they were, and what was restored so far is removed.";
    case "drop":
      return "A backup that is still listed stays; of one that is not, the rest of its files goes.";
    case "verify":
      return "This is safe: a verification changes nothing.";
  }
}

const LEFTOVERS: Record<Job["work"]["kind"], string> = {
  backup: "removes the files that the failed backup left on the store; no listed backup is touched.",
  restore: "removes what the failed restore left beside the cluster's data; the cluster's data is not touched.",
  "delete-backup": "removes what is left of the deleted backup.",
  "verify-backup":
    "removes a throw-away rank where one was left. The backup is not touched, and stays suspect if it was found so.",
  "undo-restore": "has nothing to remove, and the cluster's data is not touched.",
  "keep-restored": "has nothing to remove, and the restored data is not touched.",
  "check-store": "has nothing to remove: a check repairs nothing.",
  "database-backup": "removes what the statement left half done; no listed snapshot and no data is touched.",
  suspend: "has nothing to remove, and the cluster is not touched.",
  resume: "has nothing to remove, and the cluster is not touched.",
  "load-example-data": "removes the example tables that were left half-loaded.",
};
