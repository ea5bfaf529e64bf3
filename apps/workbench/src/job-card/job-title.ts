import type { Job } from "@snapdeck/contract/job";
import { databaseBackupTitle } from "./database-backup-title.ts";
import { momentName, momentStamp } from "./moment-name.ts";

/** What a title is told beside the job itself. */
export type TitleFacts = {
  readonly nowMs: number;
  /** When the backup that the job is about was taken, where the page knows it. */
  readonly backupTakenAt?: string | undefined;
  /** IANA name; the reader's own when absent. */
  readonly timeZone?: string | undefined;
};

/** Names a job by its act and its object: "Backup 2026-11-22 14:05", "Restore from the backup of today 13:52". */
export function jobTitle(job: Job, facts: TitleFacts): string {
  const { work } = job;
  switch (work.kind) {
    case "backup":
      return `Backup ${momentStamp(job.requestedAt, facts.timeZone)}`;
    case "restore":
      return `Restore from ${theBackup(work.backupId, facts)}`;
    case "delete-backup":
      return `Delete ${theBackup(work.backupId, facts)}`;
    case "verify-backup":
      return `Verify ${theBackup(work.backupId, facts)} · ${work.level}`;
    case "undo-restore":
      return "Undo the restore";
    case "keep-restored":
      return "Keep the restored data";
    case "check-store":
      return work.bytes ? "Check the store, every byte" : "Check the store";
    case "database-backup":
      return databaseBackupTitle(work);
    case "suspend":
      return "Suspend the cluster";
    case "resume":
      return "Resume the cluster";
    case "load-example-data":
      return "Load example data";
  }
}

function theBackup(backupId: string, { backupTakenAt, nowMs, timeZone }: TitleFacts): string {
  if (backupTakenAt === undefined) return `backup ${backupId}`;
  return `the backup of ${momentName(backupTakenAt, nowMs, timeZone)}`;
}
