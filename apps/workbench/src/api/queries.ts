import type { Query } from "@snapdeck/contract/routes";
import type { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";
import { fetchActivity } from "./fetch-activity.ts";
import { keys } from "./query-keys.ts";

/** How a list of backups is asked for; `search` is absent or not empty. */
export type BackupListing = { readonly search?: string | undefined; readonly sort: Query<"listBackups">["sort"] };

export function sessionQuery() {
  return queryOptions({
    queryKey: keys.session(),
    queryFn: ({ signal }) => call("getSession", { signal }),
    staleTime: 60_000,
  });
}

export function clustersQuery() {
  return queryOptions({ queryKey: keys.clusters(), queryFn: ({ signal }) => call("listClusters", { signal }) });
}

export function clusterQuery(clusterId: ClusterId) {
  return queryOptions({
    queryKey: keys.cluster(clusterId),
    queryFn: ({ signal }) => call("getCluster", { params: { clusterId }, signal }),
  });
}

export function inventoryQuery(clusterId: ClusterId) {
  return queryOptions({
    queryKey: keys.inventory(clusterId),
    queryFn: ({ signal }) => call("getInventory", { params: { clusterId }, signal }),
  });
}

/** Jobs in progress or failed, newest first. Its `seq` is where the live stream goes on. */
export function activityQuery(clusterId: ClusterId) {
  return queryOptions({
    queryKey: keys.activity(clusterId),
    queryFn: ({ signal, client }) => fetchActivity(clusterId, client, signal),
  });
}

export function backupsQuery(clusterId: ClusterId, { search, sort }: BackupListing) {
  return infiniteQueryOptions({
    queryKey: keys.backups(clusterId, search ?? "", sort),
    queryFn: ({ pageParam, signal }) =>
      call("listBackups", {
        params: { clusterId },
        query: { sort, search: search === "" ? undefined : search, cursor: pageParam ?? undefined },
        signal,
      }),
    initialPageParam: startOfList(),
    getNextPageParam: (page) => page.next,
  });
}

export function jobsQuery(clusterId: ClusterId) {
  return infiniteQueryOptions({
    queryKey: keys.jobs(clusterId),
    queryFn: ({ pageParam, signal }) =>
      call("listJobs", { params: { clusterId }, query: { cursor: pageParam ?? undefined }, signal }),
    initialPageParam: startOfList(),
    getNextPageParam: (page) => page.next,
  });
}

export function jobQuery(clusterId: ClusterId, jobId: JobId) {
  return queryOptions({
    queryKey: keys.job(clusterId, jobId),
    queryFn: ({ signal }) => call("getJob", { params: { clusterId, jobId }, signal }),
  });
}

export function usersQuery() {
  return queryOptions({ queryKey: keys.users(), queryFn: ({ signal }) => call("listUsers", { signal }) });
}

export function auditQuery() {
  return infiniteQueryOptions({
    queryKey: keys.audit(),
    queryFn: ({ pageParam, signal }) => call("listAudit", { query: { before: pageParam ?? undefined }, signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
}

function startOfList(): string | null {
  return null;
}
