import type { Evidence, Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useState } from "react";
import { useNow } from "../../format/use-now.ts";
import { type JobResult, recentResult } from "./recent-result.ts";

/** The result of these kinds of job that should be told, and how to dismiss it: for this tab, over a reload too. */
export function useRecentResult(
  clusterId: ClusterId,
  kinds: readonly Evidence["kind"][],
  jobs: readonly Job[],
): { result: JobResult | undefined; dismiss: () => void } {
  const nowMs = useNow(10_000);
  const key = `snapdeck.dismissed-${kinds[0]}.${clusterId}`;
  const [openedMs] = useState(() => Date.now());
  const [dismissed, setDismissed] = useState(() => ({ key, jobId: sessionStorage.getItem(key) ?? "" }));
  if (dismissed.key !== key) setDismissed({ key, jobId: sessionStorage.getItem(key) ?? "" });
  const result = recentResult(jobs, kinds, { nowMs, openedMs, dismissed: dismissed.jobId });
  const dismiss = () => {
    const jobId = result?.job.id ?? "";
    sessionStorage.setItem(key, jobId);
    setDismissed({ key, jobId });
  };
  return { result, dismiss };
}
