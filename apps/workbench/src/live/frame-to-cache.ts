import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import type { LiveFrame } from "@snapdeck/contract/live";
import type { Reply } from "@snapdeck/contract/routes";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { isNewer } from "../api/newer-progress.ts";
import { keys } from "../api/query-keys.ts";
import { applyFrame, type Outdated } from "./apply-frame.ts";
import { recordThroughput } from "./throughput.ts";

/** Brings a frame into the query cache. Answers whether changes were lost, so that the activity must be read and followed again. */
export function frameToCache(client: QueryClient, clusterId: ClusterId, frame: LiveFrame): boolean {
  if (frame.type === "cluster") {
    rememberCluster(client, frame.cluster);
    return false;
  }
  const activity = client.getQueryData<Reply<"listActivity">>(keys.activity(clusterId));
  if (activity === undefined) return false;
  const before = { ...activity, clusterId };
  const { view, lost, outdated } = applyFrame(before, frame);
  if (view !== before) {
    client.setQueryData<Reply<"listActivity">>(keys.activity(clusterId), { items: view.items, seq: view.seq });
    recordThroughput(client, view.items);
    if (frame.type === "job") rememberJob(client, frame.job);
    if (frame.type === "progress") rememberProgress(client, frame);
  }
  for (const part of outdated) void client.invalidateQueries({ queryKey: keyOf(part, clusterId) });
  return lost;
}

function keyOf(part: Outdated, clusterId: ClusterId): readonly unknown[] {
  switch (part) {
    case "cluster":
      return keys.cluster(clusterId);
    case "inventory":
      return keys.inventory(clusterId);
    case "backups":
      return keys.ofBackups(clusterId);
    case "jobs":
      return keys.jobs(clusterId);
  }
}

/** The newest view of a cluster wins, whichever way it came. */
function rememberCluster(client: QueryClient, cluster: Cluster): void {
  client.setQueryData<Cluster>(keys.cluster(cluster.id), cluster);
  client.setQueryData<Reply<"listClusters">>(keys.clusters(), (list) =>
    list === undefined ? undefined : { items: list.items.map((one) => (one.id === cluster.id ? cluster : one)) },
  );
}

function rememberJob(client: QueryClient, job: Job): void {
  const newer = (held: Job): Job => (held.id === job.id && held.seq < job.seq ? job : held);
  client.setQueryData<Job>(keys.job(job.clusterId, job.id), (held) => (held === undefined ? undefined : newer(held)));
  client.setQueryData<InfiniteData<Reply<"listJobs">>>(keys.jobs(job.clusterId), (list) =>
    list === undefined
      ? undefined
      : { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(newer) })) },
  );
}

function rememberProgress(client: QueryClient, frame: Extract<LiveFrame, { type: "progress" }>): void {
  client.setQueryData<Job>(keys.job(frame.clusterId, frame.jobId), (held) => {
    if (held === undefined || held.attempt !== frame.attempt || !isNewer(frame.progress, held.progress)) return held;
    return { ...held, progress: frame.progress };
  });
}
