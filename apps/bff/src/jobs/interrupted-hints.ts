import type { JobKind } from "@snapdeck/contract/job";

/** What an operator does about an interrupted job of each kind, and what it means for the data. */
export const INTERRUPTED_HINTS: Record<JobKind, string> = {
  backup: "The cluster's data was not touched and no backup was listed. Cancel clears the entry; then back up again.",
  restore: "The restored data was not put in place. Cancel clears the entry; then restore again.",
  "undo-restore":
    "All of the data is as it was before the undo. Cancel clears the entry; the restore can still be undone from the Cluster page.",
  "keep-restored":
    "The restored data was not touched. Cancel clears the entry; where the Cluster page still offers it, press Keep restored data again.",
  "delete-backup": "Cancel clears the entry; if the backup is still listed, delete it again.",
  "verify-backup":
    "The backup was not changed, and nothing was learned of it. Cancel clears its entry; then verify it again.",
  "database-backup":
    "Snapshots that are listed are whole, and objects that were not exchanged are as they were. Cancel clears its entry, with anything that may be left of it; then run it again.",
  "check-store": "The check changes nothing, and it found out nothing. Cancel clears the entry; then check again.",
  suspend:
    "No data was touched. Look at the cluster's state, then clear the entry with Cancel and suspend again if needed.",
  resume:
    "No data was touched. Look at the cluster's state, then clear the entry with Cancel and resume again if needed.",
  "load-example-data": "The example data may be there in part. Cancel removes it and clears the entry.",
};

/** The same where the cluster could not be asked: only what holds either way. */
export const UNACCOUNTED_HINTS: Record<JobKind, string> = {
  backup:
    "The cluster's data was not touched. A backup that was finished appears under Backups; otherwise Cancel removes what is left.",
  restore:
    "All of the data is either as it was or as in the backup, never a mixture. Once the cluster answers, Cancel removes what is left; then look at its tables.",
  "undo-restore":
    "All of the data is either as restored or as before that restore, never a mixture. Once the cluster answers, its page shows whether the restore can still be undone.",
  "keep-restored":
    "The restored data was not touched. Once the cluster answers, its page shows whether the previous data is still there.",
  "delete-backup":
    "Once the store answers, look whether the backup is still listed; if so, delete it again. Otherwise Cancel removes what is left.",
  "verify-backup":
    "The backup was not changed. Once the store answers, the backup's badge shows how far it is proven; otherwise verify it again.",
  "database-backup":
    "Snapshots that are listed are whole. Once cluster and store answer, DESCRIBE BACKUP shows what there is; Cancel removes what the statement left.",
  "check-store": "The check changes nothing. Once the store answers, check again.",
  suspend: "No data was touched. Once the cluster answers, its page shows its state.",
  resume: "No data was touched. Once the cluster answers, its page shows its state.",
  "load-example-data": "The example data may be there in part. Once the cluster answers, Cancel removes it.",
};
