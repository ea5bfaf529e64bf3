import { IconDatabaseOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { clustersQuery } from "../api/queries.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { ProblemNote } from "../components/problem-note.tsx";
import { rememberedCluster } from "../shell/remembered-cluster.ts";

/** The start: goes on to the cluster that was looked at last, or to the first there is. */
export function FirstCluster() {
  const { data, error, refetch } = useQuery(clustersQuery());
  const navigate = useNavigate();
  const remembered = rememberedCluster();
  const cluster = data?.items.find(({ id }) => id === remembered) ?? data?.items[0];
  const clusterId = cluster?.id;
  useEffect(() => {
    if (clusterId !== undefined) void navigate({ to: "/clusters/$clusterId", params: { clusterId }, replace: true });
  }, [clusterId, navigate]);
  if (data === undefined) return error === null ? null : <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (cluster === undefined) {
    return (
      <EmptyState icon={<IconDatabaseOff size={28} aria-hidden />} title="No cluster is under Snapdeck's care">
        Start Snapdeck with an embedded cluster, or name one in its configuration.
      </EmptyState>
    );
  }
  return null;
}
