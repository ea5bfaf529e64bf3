import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

export function noSuchBackup(clusterId: ClusterId, backupId: BackupId): SnapdeckError {
  return new SnapdeckError("backup-not-found", `there is no backup ${backupId} on cluster ${clusterId}`, {
    hint: "It may have been deleted meanwhile; look at the list again.",
  });
}
