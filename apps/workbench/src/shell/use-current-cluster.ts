import type { Cluster } from "@snapdeck/contract/cluster";
import { ClusterId } from "@snapdeck/contract/scalars";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { clusterQuery, clustersQuery } from "../api/queries.ts";
import { rememberCluster, rememberedCluster } from "./remembered-cluster.ts";

/** Stands in a query that is not asked while no cluster is known. */
const NO_CLUSTER = ClusterId.parse("none");

export type CurrentCluster = {
  readonly clusterId: ClusterId | undefined;
  readonly cluster: Cluster | undefined;
  /** Whether the newest try to read it failed: what is shown is the last that was read. */
  readonly unread: boolean;
};

/** The cluster of the address; on pages that belong to none, the one that was looked at last. */
export function useCurrentCluster(): CurrentCluster {
  const { clusterId: named } = useParams({ strict: false });
  const { data: clusters } = useQuery({ ...clustersQuery(), enabled: named === undefined });
  const remembered = rememberedCluster();
  const other = clusters?.items.find(({ id }) => id === remembered) ?? clusters?.items[0];
  const clusterId = named ?? other?.id;
  const { data: cluster, isError } = useQuery({
    ...clusterQuery(clusterId ?? NO_CLUSTER),
    enabled: clusterId !== undefined,
  });
  useEffect(() => {
    if (named !== undefined && cluster !== undefined) rememberCluster(named);
  }, [named, cluster]);
  return { clusterId, cluster, unread: isError };
}
