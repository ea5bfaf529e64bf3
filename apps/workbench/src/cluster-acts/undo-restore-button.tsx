import type { Cluster, PreviousData } from "@snapdeck/contract/cluster";
import { lazy, useState } from "react";
import { ActionButton } from "../components/action-button.tsx";
import { LazyWindow } from "../components/lazy-window.tsx";
import { SuspendDialog } from "./suspend-dialog.tsx";

const UndoRestoreDialog = lazy(async () => ({
  default: (await import("./undo-restore-dialog.tsx")).UndoRestoreDialog,
}));

type Props = { readonly cluster: Cluster; readonly previous: PreviousData };

/** The way back from a restore, with its dialog; while the cluster runs, the way to suspend it. */
export function UndoRestoreButton({ cluster, previous }: Props) {
  const [open, setOpen] = useState<"undo" | "suspend">();
  const close = () => setOpen(undefined);
  const suspend = () => setOpen("suspend");
  return (
    <>
      <ActionButton availability={cluster.actions.undoRestore} onAct={() => setOpen("undo")} onWayOut={suspend}>
        Undo restore…
      </ActionButton>
      <LazyWindow opened={open === "undo"}>
        {(opened) => (
          <UndoRestoreDialog
            cluster={cluster}
            previous={previous}
            opened={opened}
            onSuspend={suspend}
            onClose={close}
          />
        )}
      </LazyWindow>
      <SuspendDialog cluster={cluster} opened={open === "suspend"} onClose={close} />
    </>
  );
}
