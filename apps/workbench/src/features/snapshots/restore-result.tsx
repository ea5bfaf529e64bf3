import { ActionIcon } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { IconCircleCheck, IconX } from "@tabler/icons-react";
import { ActionButton } from "../../components/action-button.tsx";
import { Age } from "../../format/age.tsx";
import { formatDuration } from "../../format/duration.ts";
import { formatCount, formatCounted } from "../../format/rows.ts";
import type { RestoreResult as Result } from "./recent-restore.ts";
import classes from "./restore-result.module.css";

type Props = {
  readonly result: Result;
  /** "Restore from the backup of today 13:52". */
  readonly title: string;
  readonly cluster: Cluster;
  readonly resuming: boolean;
  readonly onResume: () => void;
  readonly onDismiss: () => void;
};

/** What a restore brought back, and the step that is left: resuming the cluster. Stays until somebody dismisses it. */
export function RestoreResult({ result, title, cluster, resuming, onResume, onDismiss }: Props) {
  return (
    <section className={classes["result"]} aria-label="Result of the restore">
      <IconCircleCheck size={20} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <strong>{title}: succeeded</strong> <Age at={result.endedAt} />
        <p>
          {formatCounted(result.tables, "table")} with {formatCount(result.rows)} {result.rows === 1 ? "row" : "rows"}{" "}
          restored and compared with the backup; put in place in {swapText(result.swapMs)}. The previous data is kept.
          {cluster.state === "suspended" && " Resume the cluster to use it."}
        </p>
        {cluster.state !== "running" && (
          <ActionButton availability={cluster.actions.resume} busy={resuming} onAct={onResume}>
            Resume cluster
          </ActionButton>
        )}
      </div>
      <ActionIcon variant="subtle" color="gray" aria-label="Dismiss the result of the restore" onClick={onDismiss}>
        <IconX size={20} aria-hidden />
      </ActionIcon>
    </section>
  );
}

function swapText(swapMs: number): string {
  return swapMs < 1_000 ? `${Math.max(1, Math.round(swapMs))} ms` : formatDuration(swapMs);
}
