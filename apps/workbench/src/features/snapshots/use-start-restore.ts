import type { RestorePlan } from "@snapdeck/contract/backup";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { call } from "../../api/call.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { useStartJob } from "../../cluster-acts/use-start-job.ts";

/** What the operator typed; the reason for a suspect backup only. */
export type RestoreOrder = { readonly clusterName: string; readonly suspectReason?: string | undefined };

/** What makes a new plan necessary: it no longer fits the cluster, or a proof found the backup suspect meanwhile. */
export type Outdated = "plan-stale" | "backup-suspect";

type Ways = { readonly onStarted: () => void; readonly onOutdated: (why: Outdated) => void };

/** Starts the restore of a plan; one that was overtaken leads to a new one. */
export function useStartRestore(clusterId: ClusterId, plan: RestorePlan, { onStarted, onOutdated }: Ways) {
  return useStartJob<RestoreOrder>(
    ({ clusterName, suspectReason }, idempotencyKey) => {
      const body = { planId: plan.id, clusterName, ...(suspectReason === undefined ? {} : { suspectReason }) };
      return call("startRestore", { params: { clusterId }, body, idempotencyKey });
    },
    {
      onStarted,
      onRefused: (error) => {
        const code = error instanceof ProblemError ? error.problem.code : undefined;
        if (code === "plan-stale" || code === "backup-suspect") onOutdated(code);
      },
    },
  );
}
