import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useState } from "react";
import { useNow } from "../../format/use-now.ts";
import { type RestoreResult, recentRestore } from "./recent-restore.ts";

/** The restore whose result should be told, and how to dismiss it: for this tab, over a reload too. */
export function useRestoreResult(
  clusterId: ClusterId,
  jobs: readonly Job[],
): { result: RestoreResult | undefined; dismiss: () => void } {
  const nowMs = useNow(10_000);
  const key = `snapdeck.dismissed-restore.${clusterId}`;
  const [openedMs] = useState(() => Date.now());
  const [dismissed, setDismissed] = useState(() => ({ key, jobId: sessionStorage.getItem(key) ?? "" }));
  if (dismissed.key !== key) setDismissed({ key, jobId: sessionStorage.getItem(key) ?? "" });
  const result = recentRestore(jobs, { nowMs, openedMs, dismissed: new Set([dismissed.jobId]) });
  const dismiss = () => {
    const jobId = result?.job.id ?? "";
    sessionStorage.setItem(key, jobId);
    setDismissed({ key, jobId });
  };
  return { result, dismiss };
}
