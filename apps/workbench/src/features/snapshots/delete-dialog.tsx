import type { Cluster } from "@snapdeck/contract/cluster";
import type { BackupId } from "@snapdeck/contract/scalars";
import { useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatCounted, formatRows } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import { rememberJob } from "../../job-card/remember-job.ts";
import { backupName } from "./backup-name.ts";
import classes from "./delete-dialog.module.css";
import { lastBackupWarning } from "./last-backup-warning.ts";
import { useBackup } from "./use-backup.ts";

type Props = {
  readonly cluster: Cluster;
  readonly backupId: BackupId;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Says what goes for good when a backup is deleted, and asks. */
export function DeleteDialog({ cluster, backupId, opened, onClose }: Props) {
  const client = useQueryClient();
  const backup = useBackup(cluster.id, backupId);
  const nowMs = useNow(60_000);
  const remove = async () => {
    rememberJob(client, await call("deleteBackup", { params: { clusterId: cluster.id, backupId } }));
  };
  const warning = lastBackupWarning(cluster, backupId);
  const held = backup.data;
  return (
    <ConfirmDialog
      opened={opened}
      title={held === undefined ? `Delete backup ${backupId}?` : `Delete the ${backupName(held, nowMs)}?`}
      confirm="Delete backup"
      keep="Keep it"
      danger
      onConfirm={remove}
      onClose={onClose}
    >
      {held === undefined && backup.error !== null && <ProblemNote error={backup.error} />}
      {held !== undefined && (
        <>
          <p className={classes["line"]}>
            Taken <Age at={held.takenAt} /> by {held.requestedBy}. {formatBytes(held.sizeBytes)} in{" "}
            {formatCounted(held.files, "file")} with {formatRows(held.rows)} rows of{" "}
            {formatCounted(held.tables, "table")} are removed from the store for good.
          </p>
          {warning !== undefined && <p className={classes["warning"]}>{warning}</p>}
          <p className={classes["quiet"]}>The cluster's own data is not touched, and other backups stay.</p>
        </>
      )}
    </ConfirmDialog>
  );
}
