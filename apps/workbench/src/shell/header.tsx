import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "../api/queries.ts";
import { clusterStateLook } from "../components/cluster-state-look.ts";
import { StateBadge } from "../components/state-badge.tsx";
import { formatCounted } from "../format/rows.ts";
import { ClusterSwitch } from "./cluster-switch.tsx";
import classes from "./header.module.css";
import { JobsUnderWay } from "./jobs-under-way.tsx";
import { NavigationDrawer } from "./navigation-drawer.tsx";
import { ThemeMenu } from "./theme-menu.tsx";
import type { CurrentCluster } from "./use-current-cluster.ts";
import { UserMenu } from "./user-menu.tsx";

type Props = { readonly current: CurrentCluster };

/** On every page: which cluster, how it is, what runs on it, and who is looking. */
export function Header({ current }: Props) {
  const { data: session } = useQuery(sessionQuery());
  return (
    <header className={classes["header"]}>
      <NavigationDrawer clusterId={current.clusterId} />
      <Link to="/" className={classes["product"]}>
        <img src="/favicon.svg" alt="" width={24} height={24} />
        <span>Snapdeck</span>
      </Link>
      <ClusterFacts current={current} />
      <div className={classes["end"]}>
        <ThemeMenu />
        {session?.signedIn && <UserMenu user={session.user} />}
      </div>
    </header>
  );
}

function ClusterFacts({ current: { cluster, unread } }: Props) {
  if (cluster === undefined) {
    return (
      <div className={classes["facts"]}>
        {unread ? <StateBadge word="State unknown" tone="unknown" /> : <Skeleton height={20} width={220} />}
      </div>
    );
  }
  const { word, tone } = clusterStateLook(cluster.state);
  const up = cluster.ranks.filter(({ state }) => state === "up").length;
  return (
    <div className={classes["facts"]}>
      <ClusterSwitch cluster={cluster} />
      <StateBadge word={word} tone={tone} />
      <span className={classes["ranks"]}>
        {up === cluster.ranks.length || cluster.state !== "running"
          ? formatCounted(cluster.ranks.length, "rank")
          : `${up} of ${formatCounted(cluster.ranks.length, "rank")} up`}
      </span>
      <JobsUnderWay cluster={cluster} />
    </div>
  );
}
