import type { Cluster } from "@snapdeck/contract/cluster";
import { lazy, useRef } from "react";
import { loadConfirmDialog } from "../../components/confirm-dialog.tsx";
import { LazyWindow } from "../../components/lazy-window.tsx";
import { usePreload } from "../../components/use-preload.ts";
import { loadJobCard } from "./activity-card.ts";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

const loadRestore = async () => ({ default: (await import("./restore-dialog.tsx")).RestoreDialog });
const loadVerify = async () => ({ default: (await import("./verify-dialog.tsx")).VerifyDialog });
const loadDelete = async () => ({ default: (await import("./delete-dialog.tsx")).DeleteDialog });
const loadDetails = async () => ({ default: (await import("./backup-details.tsx")).BackupDetails });

const RestoreDialog = lazy(loadRestore);
const VerifyDialog = lazy(loadVerify);
const DeleteDialog = lazy(loadDelete);
const BackupDetails = lazy(loadDetails);

const IMPORTS = [loadRestore, loadVerify, loadDelete, loadDetails, loadConfirmDialog, loadJobCard] as const;

type Props = {
  readonly cluster: Cluster;
  readonly address: SnapshotsAddress;
  readonly onSuspend: () => void;
};

/** The dialog that the address names. */
export function SnapshotsDialogs({ cluster, address, onSuspend }: Props) {
  const { dialog, close } = address;
  usePreload(IMPORTS);
  // While a dialog closes, its backup has left the address but is still on screen.
  const last = useRef(address.backup);
  if (address.backup !== undefined) last.current = address.backup;
  const backupId = last.current;
  if (backupId === undefined) return null;
  const about = { cluster, backupId, onClose: close };
  return (
    <>
      <LazyWindow opened={dialog === "restore"}>
        {(opened) => <RestoreDialog {...about} opened={opened} onSuspend={onSuspend} />}
      </LazyWindow>
      <LazyWindow opened={dialog === "verify"}>{(opened) => <VerifyDialog {...about} opened={opened} />}</LazyWindow>
      <LazyWindow opened={dialog === "delete"}>{(opened) => <DeleteDialog {...about} opened={opened} />}</LazyWindow>
      <LazyWindow opened={dialog === "details"}>
        {(opened) => <BackupDetails {...about} opened={opened} onVerify={() => address.open("verify", backupId)} />}
      </LazyWindow>
    </>
  );
}
