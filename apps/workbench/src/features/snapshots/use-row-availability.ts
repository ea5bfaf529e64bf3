import type { Backup } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import { useQuery } from "@tanstack/react-query";
import { activityQuery } from "../../api/queries.ts";
import { type RowAvailability, rowAvailability } from "./row-availability.ts";

/** What can be done with one backup now, for a window that is open over the list. */
export function useRowAvailability(backup: Backup, cluster: Cluster): RowAvailability {
  const { data: activity } = useQuery(activityQuery(cluster.id));
  return rowAvailability(backup, cluster, activity?.items ?? []);
}
