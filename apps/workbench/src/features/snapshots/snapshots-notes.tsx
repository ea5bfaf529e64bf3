import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { PreviousDataNotice } from "../../cluster-acts/previous-data-notice.tsx";
import { RestoreResult } from "./restore-result.tsx";
import { StoreCheckResult } from "./store-check-result.tsx";
import type { useRecentResult } from "./use-recent-result.ts";

type Result = ReturnType<typeof useRecentResult>;

type Props = {
  readonly cluster: Cluster;
  readonly restored: Result;
  readonly checked: Result;
  readonly titleOf: (job: Job) => string;
  readonly resuming: boolean;
  readonly onResume: () => void;
};

/** What came of the last restore and the last store check, and the restore that can still be undone. Each is told once. */
export function SnapshotsNotes({ cluster, restored, checked, titleOf, resuming, onResume }: Props) {
  const previous = cluster.previousData;
  const result = cluster.state === "restoring" ? undefined : restored.result;
  return (
    <>
      {result !== undefined && (
        <RestoreResult
          result={result}
          title={titleOf(result.job)}
          cluster={cluster}
          resuming={resuming}
          onResume={onResume}
          onDismiss={restored.dismiss}
        />
      )}
      {previous !== undefined && previous.restoreId !== result?.job.id && (
        <PreviousDataNotice cluster={cluster} previous={previous} />
      )}
      {checked.result !== undefined && (
        <StoreCheckResult result={checked.result} title={titleOf(checked.result.job)} onDismiss={checked.dismiss} />
      )}
    </>
  );
}
