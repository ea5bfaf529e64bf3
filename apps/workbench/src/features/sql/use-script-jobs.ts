import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { activityQuery } from "../../api/queries.ts";
import { keys } from "../../api/query-keys.ts";
import { jobsOfScript } from "./script-jobs.ts";
import type { CutOffRun } from "./sql-desk.ts";

/** How often the server is asked until it answers again, in milliseconds. */
const ASK_MS = 2000;

/**
 * The jobs that came of a script whose answer did not come; undefined until the server has said so after it was cut off, and where the page
 * cannot tell them from others.
 */
export function useScriptJobs(clusterId: ClusterId, run: CutOffRun): readonly Job[] | undefined {
  const endedAtMs = run.startedAtMs + run.tookMs;
  const { data: activity } = useQuery(activityQuery(clusterId));
  const { data: listed, dataUpdatedAt } = useQuery({
    queryKey: keys.scriptJobs(clusterId, run.key),
    queryFn: async ({ signal }) => (await call("listJobs", { params: { clusterId }, signal })).items,
    enabled: run.before !== undefined,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.dataUpdatedAt > endedAtMs ? false : ASK_MS),
  });
  if (run.before === undefined || listed === undefined || dataUpdatedAt <= endedAtMs) return undefined;
  return jobsOfScript([...listed, ...(activity?.items ?? [])], run.before);
}
