import type { Cluster } from "@snapdeck/contract/cluster";
import { useRef } from "react";
import { BackupDetails } from "./backup-details.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

type Props = {
  readonly cluster: Cluster;
  readonly address: SnapshotsAddress;
  readonly onSuspend: () => void;
};

/** The dialog that the address names. */
export function SnapshotsDialogs({ cluster, address, onSuspend }: Props) {
  const { dialog, close } = address;
  // While a dialog closes, its backup has left the address but is still on screen.
  const last = useRef(address.backup);
  if (address.backup !== undefined) last.current = address.backup;
  const backupId = last.current;
  if (backupId === undefined) return null;
  return (
    <>
      <RestoreDialog
        cluster={cluster}
        backupId={backupId}
        opened={dialog === "restore"}
        onClose={close}
        onSuspend={onSuspend}
      />
      <DeleteDialog cluster={cluster} backupId={backupId} opened={dialog === "delete"} onClose={close} />
      <BackupDetails clusterId={cluster.id} backupId={backupId} opened={dialog === "details"} onClose={close} />
    </>
  );
}
