import type { Backup } from "@snapdeck/contract/backup";
import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";

/** What can be done with one backup now. */
export type RowAvailability = {
  readonly restore: Availability;
  readonly remove: Availability;
  /** It is being deleted: the row says so until it is gone. */
  readonly deleting: boolean;
};

/** The cluster's word on restore and delete, narrowed by what is going on with this very backup. */
export function rowAvailability(backup: Backup, cluster: Cluster, activity: readonly Job[]): RowAvailability {
  const deletion = activity.find(
    ({ work, state }) =>
      work.kind === "delete-backup" && work.backupId === backup.id && UNDER_WAY.some((name) => name === state.name),
  );
  const { restore, deleteBackup } = cluster.actions;
  if (deletion !== undefined) {
    const gone = refused("It is being deleted", deletion.id);
    return {
      restore: restore.allowed ? gone : restore,
      remove: deleteBackup.allowed ? gone : deleteBackup,
      deleting: true,
    };
  }
  const inUse = backup.inUseBy;
  const remove =
    inUse === undefined || !deleteBackup.allowed ? deleteBackup : refused("A job is using this backup", inUse);
  return { restore, remove, deleting: false };
}

function refused(reason: string, jobId: Job["id"]): Availability {
  return { allowed: false, code: "backup-in-use", reason, jobId };
}
