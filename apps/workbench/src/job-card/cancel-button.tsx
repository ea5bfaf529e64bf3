import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { useState } from "react";
import { ActionButton } from "../components/action-button.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { cancelWords } from "./cancel-words.ts";
import type { CancelAct } from "./use-cancel.ts";

type Props = {
  readonly job: Job;
  readonly title: string;
  readonly cluster: Cluster;
  readonly cancel: CancelAct;
};

/**
 * Cancel, for a job in any state. Work that runs is asked about first, since its time is lost; what waits or has failed is cleared
 * at once, for that costs nothing.
 */
export function CancelButton({ job, title, cluster, cancel }: Props) {
  const [asking, setAsking] = useState(false);
  const words = cancelWords(job);
  // The question of a job that ended while it was read has no subject any more.
  const asks = asking && words !== undefined && job.state.name === "running";
  if (words === undefined && job.state.name !== "canceling") return null;
  return (
    <>
      <ActionButton
        availability={words === undefined ? CANCELING : cluster.actions.cancelJob}
        reason="tooltip"
        label={`Cancel ${title}`}
        busy={cancel.busy}
        onAct={() => (job.state.name === "running" ? setAsking(true) : cancel.start())}
      >
        Cancel
      </ActionButton>
      <ConfirmDialog
        opened={asks}
        title={`Cancel "${title}"?`}
        confirm={words?.confirm ?? ""}
        keep={words?.keep ?? ""}
        onConfirm={cancel.run}
        onClose={() => setAsking(false)}
      >
        {words?.effect}
      </ConfirmDialog>
    </>
  );
}

const CANCELING: Availability = { allowed: false, code: "job-finished", reason: "It is being canceled already" };
