import type { Backup } from "@snapdeck/contract/backup";
import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";

/** What can be done with one backup now. */
export type RowAvailability = {
  readonly restore: Availability;
  readonly verify: Availability;
  readonly remove: Availability;
  /** The level of the proof that reads it now. */
  readonly verifying: Backup["proof"]["level"] | undefined;
  /** It is being deleted: the row says so until it is gone. */
  readonly deleting: boolean;
};

/** The cluster's word on restore, verify and delete, narrowed by what is going on with this very backup. */
export function rowAvailability(backup: Backup, cluster: Cluster, activity: readonly Job[]): RowAvailability {
  const working = activity.filter(
    ({ work, state }) =>
      "backupId" in work && work.backupId === backup.id && UNDER_WAY.some((name) => name === state.name),
  );
  const deletion = working.find(({ work }) => work.kind === "delete-backup");
  const { restore, verifyBackup, deleteBackup } = cluster.actions;
  if (deletion !== undefined) {
    const gone = refused("It is being deleted", deletion.id);
    return {
      restore: restore.allowed ? gone : restore,
      verify: verifyBackup.allowed ? gone : verifyBackup,
      remove: deleteBackup.allowed ? gone : deleteBackup,
      verifying: undefined,
      deleting: true,
    };
  }
  const inUse = backup.inUseBy;
  const remove =
    inUse === undefined || !deleteBackup.allowed ? deleteBackup : refused("A job is using this backup", inUse);
  const proof = working.find(({ work }) => work.kind === "verify-backup");
  const verify =
    proof === undefined || !verifyBackup.allowed ? verifyBackup : refused("It is being verified already", proof.id);
  const verifying = proof?.work.kind === "verify-backup" ? proof.work.level : undefined;
  return { restore, verify, remove, verifying, deleting: false };
}

function refused(reason: string, jobId: Job["id"]): Availability {
  return { allowed: false, code: "backup-in-use", reason, jobId };
}
