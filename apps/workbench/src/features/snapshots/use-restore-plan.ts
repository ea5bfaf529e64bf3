import type { RestorePlan } from "@snapdeck/contract/backup";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/call.ts";

/** A restore's plan, made when the dialog opens and again on demand; kept on screen until the next one is there. */
export function useRestorePlan(clusterId: ClusterId, backupId: BackupId) {
  return useQuery<RestorePlan>({
    // Not below the cluster's other answers, which are read again with every change: a plan is what the operator has seen.
    queryKey: ["restore-plan", clusterId, backupId],
    queryFn: ({ signal }) => call("planRestore", { params: { clusterId, backupId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
}
