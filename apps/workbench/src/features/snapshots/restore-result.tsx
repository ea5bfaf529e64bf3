import type { Cluster } from "@snapdeck/contract/cluster";
import type { Evidence } from "@snapdeck/contract/job";
import { letGoSentence } from "../../cluster-acts/let-go-sentence.ts";
import { PreviousDataActs } from "../../cluster-acts/previous-data-acts.tsx";
import { ActionButton } from "../../components/action-button.tsx";
import { formatCounted } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import type { JobResult } from "./recent-result.ts";
import { ResultNote } from "./result-note.tsx";
import { swapText } from "./swap-text.ts";

type Props = {
  readonly result: JobResult;
  /** "Restore from the backup of today 13:52". */
  readonly title: string;
  readonly cluster: Cluster;
  readonly resuming: boolean;
  readonly onResume: () => void;
  readonly onDismiss: () => void;
};

/** What a restore brought back, or its undo, and the steps that are left: resuming the cluster, and what becomes of the data of before. */
export function RestoreResult({ result, title, cluster, resuming, onResume, onDismiss }: Props) {
  const nowMs = useNow(60_000);
  const previous = cluster.previousData?.restoreId === result.job.id ? cluster.previousData : undefined;
  const of = result.job.work.kind === "undo-restore" ? "the undo" : "the restore";
  return (
    <ResultNote of={of} title={title} endedAt={result.endedAt} onDismiss={onDismiss}>
      <p>
        {sentence(result.evidence)}
        {previous !== undefined && ` The data of before is kept. ${letGoSentence(previous, nowMs)}`}
        {cluster.state === "suspended" && " Resume the cluster to use it."}
      </p>
      {(cluster.state !== "running" || previous !== undefined) && (
        <PreviousDataActs cluster={cluster} previous={previous}>
          {cluster.state !== "running" && (
            <ActionButton availability={cluster.actions.resume} busy={resuming} onAct={onResume}>
              Resume cluster
            </ActionButton>
          )}
        </PreviousDataActs>
      )}
    </ResultNote>
  );
}

function sentence(evidence: Evidence): string | undefined {
  switch (evidence.kind) {
    case "restore":
      return `${formatCounted(evidence.tables, "table")} with ${formatCounted(evidence.rows, "row")} restored and compared with the backup; put in place in ${swapText(evidence.swapMs)}.`;
    case "undo-restore":
      return `The data from before the restore is back in place, exchanged in ${swapText(evidence.swapMs)}. The backup is listed as before.`;
    default:
      return undefined;
  }
}
