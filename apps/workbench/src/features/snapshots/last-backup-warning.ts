import type { Cluster } from "@snapdeck/contract/cluster";
import type { BackupId } from "@snapdeck/contract/scalars";

/** What an operator should know before deleting this very backup; undefined where others remain that are newer. */
export function lastBackupWarning(cluster: Cluster, backupId: BackupId): string | undefined {
  if (cluster.backups.newest?.id !== backupId) return undefined;
  if (cluster.backups.count <= 1) {
    return "This is the only backup. Without it there is nothing to restore from.";
  }
  return "This is the newest backup. What was written since the one before it is then in no backup.";
}
