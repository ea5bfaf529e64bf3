import type { RestorePlan } from "@snapdeck/contract/backup";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { call } from "../../api/call.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { OfflineError } from "../../api/offline-error.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { rememberJob } from "../../job-card/remember-job.ts";

type Ways = { readonly onStarted: () => void; readonly onStale: () => void };

/** Starts the restore of a plan, once however often it is sent; a plan that no longer fits leads to a new one. */
export function useStartRestore(clusterId: ClusterId, plan: RestorePlan, { onStarted, onStale }: Ways) {
  const client = useQueryClient();
  const key = useRef<string | undefined>(undefined);
  return useMutation({
    mutationFn: (clusterName: string) => {
      key.current ??= newIdempotencyKey();
      const body = { planId: plan.id, clusterName };
      return call("startRestore", { params: { clusterId }, body, idempotencyKey: key.current });
    },
    onSuccess: (job) => {
      rememberJob(client, job);
      onStarted();
    },
    onError: (error) => {
      // Without an answer the same act is sent again under the same key; an answered one is over.
      if (!(error instanceof OfflineError)) key.current = undefined;
      if (error instanceof ProblemError && error.problem.code === "plan-stale") onStale();
    },
  });
}
