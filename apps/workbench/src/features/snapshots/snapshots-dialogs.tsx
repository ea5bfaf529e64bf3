import type { Cluster } from "@snapdeck/contract/cluster";
import { useRef } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { lazyWindow } from "../../components/lazy-window.tsx";
import { usePreload } from "../../components/use-preload.ts";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

const RestoreDialog = lazyWindow(async () => (await import("./restore-dialog.tsx")).RestoreDialog);
const DeleteDialog = lazyWindow(async () => (await import("./delete-dialog.tsx")).DeleteDialog);
const BackupDetails = lazyWindow(async () => (await import("./backup-details.tsx")).BackupDetails);

const WINDOWS = [RestoreDialog, DeleteDialog, BackupDetails, ConfirmDialog] as const;

type Props = {
  readonly cluster: Cluster;
  readonly address: SnapshotsAddress;
  readonly onSuspend: () => void;
};

/** The dialog that the address names. */
export function SnapshotsDialogs({ cluster, address, onSuspend }: Props) {
  const { dialog, close } = address;
  usePreload(WINDOWS);
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
