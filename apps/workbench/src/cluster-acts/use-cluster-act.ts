import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { rememberJob } from "../job-card/remember-job.ts";

export type ClusterAct = "suspendCluster" | "resumeCluster" | "loadExampleData";

/** Asks the cluster for something that becomes a job, which is then shown as any other. */
export function useClusterAct(clusterId: ClusterId, act: ClusterAct) {
  const client = useQueryClient();
  return useMutation<Job>({
    mutationFn: () => call(act, { params: { clusterId } }),
    onSuccess: (job) => rememberJob(client, job),
  });
}
