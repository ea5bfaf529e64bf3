import type { Cluster } from "@snapdeck/contract/cluster";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { useClusterAct } from "./use-cluster-act.ts";

type Props = {
  readonly cluster: Cluster;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Asks before the cluster is suspended. */
export function SuspendDialog({ cluster, opened, onClose }: Props) {
  const suspend = useClusterAct(cluster.id, "suspendCluster");
  return (
    <ConfirmDialog
      opened={opened}
      title={`Suspend "${cluster.name}"?`}
      confirm="Suspend"
      keep="Keep it running"
      onConfirm={() => suspend.mutateAsync()}
      onClose={onClose}
    >
      Running queries are given time to finish, then every rank is stopped. Applications cannot reach the cluster until
      it is resumed. Its data stays as it is.
    </ConfirmDialog>
  );
}
