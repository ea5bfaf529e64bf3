import type { Cluster } from "@snapdeck/contract/cluster";
import { UNDER_WAY } from "@snapdeck/contract/job";
import { useQuery } from "@tanstack/react-query";
import { activityQuery } from "../api/queries.ts";
import { TextLink } from "../components/text-link.tsx";
import { formatCounted } from "../format/rows.ts";
import classes from "./jobs-under-way.module.css";

type Props = { readonly cluster: Cluster };

/** How much runs on the cluster now, as a link to it; nothing when nothing does. */
export function JobsUnderWay({ cluster }: Props) {
  const { data: activity } = useQuery(activityQuery(cluster.id));
  // The activity follows the stream change by change; the cluster's own count may lag behind it.
  const count =
    activity?.items.filter(({ state }) => UNDER_WAY.some((name) => name === state.name)).length ?? cluster.jobsUnderWay;
  if (count === 0) return null;
  return (
    <TextLink to="/clusters/$clusterId/snapshots" params={{ clusterId: cluster.id }} className={classes["jobs"]}>
      <span className={classes["pulse"]} aria-hidden />
      <span>
        {formatCounted(count, "job")}
        <span className={classes["running"]}> running</span>
      </span>
    </TextLink>
  );
}
