import type { Cluster } from "@snapdeck/contract/cluster";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { clusterQuery, inventoryQuery } from "../../api/queries.ts";
import { clusterStateLook } from "../../components/cluster-state-look.ts";
import { Glide } from "../../components/glide.tsx";
import { useAnnounce } from "../../components/live-region.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { VerdictSkeleton } from "../../components/verdict-skeleton.tsx";
import { useTicking } from "../../format/use-now.ts";
import { BackupsCard } from "./backups-card.tsx";
import { ClusterJobs } from "./cluster-jobs.tsx";
import classes from "./cluster-page.module.css";
import { clusterVerdict } from "./cluster-verdict.ts";
import { DataSection } from "./data-section.tsx";
import { EmptyCluster } from "./empty-cluster.tsx";
import { RanksSection } from "./ranks-section.tsx";
import { StateAction } from "./state-action.tsx";
import { StateCard } from "./state-card.tsx";

const PreviousDataNotice = lazy(async () => ({
  default: (await import("../../cluster-acts/previous-data-notice.tsx")).PreviousDataNotice,
}));

/** One cluster: how it is, what it holds, and what can be done with it as a whole. */
export function ClusterPage() {
  const { clusterId } = useParams({ from: "/signed-in/clusters/$clusterId/" });
  const view = useQuery(clusterQuery(clusterId));
  const cluster = view.data;
  useStateAnnounced(cluster);
  if (cluster === undefined) {
    return (
      <>
        <PageHeader title="Cluster" verdict={view.error === null ? <VerdictSkeleton /> : undefined} />
        {view.error === null ? <div className={classes["top"]} data-waiting /> : null}
        <PageProblem query={view} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Cluster"
        of={cluster.name}
        verdict={<Verdict cluster={cluster} />}
        action={<StateAction cluster={cluster} />}
      />
      <PageProblem query={view} />
      <Glide
        below={
          <>
            <div className={classes["top"]}>
              <StateCard cluster={cluster} />
              <BackupsCard cluster={cluster} />
            </div>
            <RanksSection cluster={cluster} />
            <DataSection cluster={cluster} />
          </>
        }
      >
        <ClusterJobs cluster={cluster} />
        {cluster.previousData !== undefined && (
          <div className={classes["section"]}>
            <Suspense>
              <PreviousDataNotice cluster={cluster} previous={cluster.previousData} />
            </Suspense>
          </div>
        )}
        <EmptyCluster cluster={cluster} />
      </Glide>
    </>
  );
}

function Verdict({ cluster }: { readonly cluster: Cluster }) {
  const { data: inventory } = useQuery(inventoryQuery(cluster.id));
  return useTicking(() => clusterVerdict(cluster, inventory, Date.now()));
}

/** Has a reader hear when the cluster changes its state; not how it was found. */
function useStateAnnounced(cluster: Cluster | undefined): void {
  const announce = useAnnounce();
  const before = useRef(cluster?.state);
  useEffect(() => {
    if (cluster === undefined) return;
    const was = before.current;
    before.current = cluster.state;
    if (was === undefined || was === cluster.state) return;
    announce(`Cluster ${cluster.name}: ${clusterStateLook(cluster.state).word}`);
  }, [cluster, announce]);
}
