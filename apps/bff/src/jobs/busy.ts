import type { JobWork } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** A job that holds the cluster's lock, or its shared side. */
export type Holder = { readonly jobId: JobId; readonly work: JobWork };

export function backupInUse({ jobId, work }: Holder): SnapdeckError {
  return new SnapdeckError("backup-in-use", `${IN_USE_WORDS[work.kind]}; nothing was changed`, {
    hint: "Wait until that job has ended, or cancel it.",
    jobId,
  });
}

export function clusterBusy({ jobId, work }: Holder): SnapdeckError {
  return new SnapdeckError("cluster-busy", `${BUSY_WORDS[work.kind]}; nothing was changed`, {
    hint: "Wait until that job has ended, or cancel it.",
    jobId,
  });
}

const BUSY_WORDS: Record<JobWork["kind"], string> = {
  backup: "a backup is under way",
  restore: "a restore is under way",
  "undo-restore": "a restore is being undone",
  "keep-restored": "the previous data is being removed",
  "delete-backup": "the deletion of a backup is under way",
  "verify-backup": "a verification is under way",
  "check-store": "a store check is under way",
  "database-backup": "a database backup statement is under way",
  suspend: "the cluster is being suspended",
  resume: "the cluster is being resumed",
  "load-example-data": "example data is being loaded",
};

const IN_USE_WORDS: Record<JobWork["kind"], string> = {
  ...BUSY_WORDS,
  backup: "the backup is still being taken",
  restore: "the backup is being restored",
  "delete-backup": "the backup is being deleted",
  "verify-backup": "the backup is being verified",
};
