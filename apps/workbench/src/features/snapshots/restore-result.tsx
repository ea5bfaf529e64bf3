import { CloseButton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { IconCircleCheck } from "@tabler/icons-react";
import { ActionButton } from "../../components/action-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Age } from "../../format/age.tsx";
import { formatDuration } from "../../format/duration.ts";
import { formatCount, formatCounted } from "../../format/rows.ts";
import type { RestoreResult as Result } from "./recent-restore.ts";
import classes from "./restore-result.module.css";
import { useClusterAct } from "./use-cluster-act.ts";

type Props = {
  readonly result: Result;
  /** "Restore from the backup of today 13:52". */
  readonly title: string;
  readonly cluster: Cluster;
  readonly onDismiss: () => void;
};

/** What a restore brought back, and the step that is left: resuming the cluster. Stays until somebody dismisses it. */
export function RestoreResult({ result, title, cluster, onDismiss }: Props) {
  const resume = useClusterAct(cluster.id, "resumeCluster");
  return (
    <section className={classes["result"]} aria-label="Result of the restore">
      <IconCircleCheck size={20} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <strong>{title}: succeeded</strong> <Age at={result.endedAt} />
        <p>
          {formatCounted(result.tables, "table")} with {formatCount(result.rows)} {result.rows === 1 ? "row" : "rows"}{" "}
          restored and compared with the backup; swapped in within {swapText(result.swapMs)}. The previous data is kept.
          {cluster.state === "suspended" && " Resume the cluster to use it."}
        </p>
        {cluster.state !== "running" && (
          <ActionButton availability={cluster.actions.resume} busy={resume.isPending} onAct={() => resume.mutate()}>
            Resume cluster
          </ActionButton>
        )}
        {resume.error !== null && <ProblemNote error={resume.error} onRetry={() => resume.mutate()} />}
      </div>
      <CloseButton aria-label="Dismiss the result of the restore" onClick={onDismiss} />
    </section>
  );
}

function swapText(swapMs: number): string {
  return swapMs < 1_000 ? `${Math.max(1, Math.round(swapMs))} ms` : formatDuration(swapMs);
}
