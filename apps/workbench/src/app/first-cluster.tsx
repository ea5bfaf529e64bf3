import { IconDatabaseOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { clustersQuery } from "../api/queries.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { ProblemNote } from "../components/problem-note.tsx";
import { rememberedCluster } from "../shell/remembered-cluster.ts";

/** The start: goes on to the cluster that was looked at last, or to the first there is. */
export function FirstCluster() {
  const { data, error, refetch } = useQuery(clustersQuery());
  if (data === undefined) return error === null ? null : <ProblemNote error={error} onRetry={() => void refetch()} />;
  const remembered = rememberedCluster();
  const cluster = data.items.find(({ id }) => id === remembered) ?? data.items[0];
  if (cluster === undefined) {
    return (
      <EmptyState icon={<IconDatabaseOff size={28} aria-hidden />} title="No cluster is under Snapdeck's care">
        Start Snapdeck with an embedded cluster, or name one in its configuration.
      </EmptyState>
    );
  }
  return <Navigate to="/clusters/$clusterId" params={{ clusterId: cluster.id }} replace />;
}
