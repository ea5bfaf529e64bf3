import type { Cluster, PreviousData } from "@snapdeck/contract/cluster";
import { useState } from "react";
import { call } from "../api/call.ts";
import { ActionButton } from "../components/action-button.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { useStartJob } from "./use-start-job.ts";

type Props = { readonly cluster: Cluster; readonly previous: PreviousData };

/** Lets the data go that a restore put aside, after saying that this is for good. */
export function KeepRestoredButton({ cluster, previous }: Props) {
  const [asking, setAsking] = useState(false);
  const keep = useStartJob((_: undefined, idempotencyKey) =>
    call("keepRestored", { params: { clusterId: cluster.id, restoreId: previous.restoreId }, idempotencyKey }),
  );
  return (
    <>
      <ActionButton availability={cluster.actions.keepRestored} onAct={() => setAsking(true)}>
        Keep restored data…
      </ActionButton>
      <ConfirmDialog
        opened={asking}
        title="Keep the restored data for good?"
        confirm="Keep restored data"
        keep="Not yet"
        danger
        onConfirm={() => keep.mutateAsync(undefined)}
        onClose={() => setAsking(false)}
      >
        The data from before the restore is removed from the disk, which frees its room. This cannot be taken back: from
        then on the restore cannot be undone. The restored data and the backups are not touched.
      </ConfirmDialog>
    </>
  );
}
