import type { Cluster } from "@snapdeck/contract/cluster";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { SuspendDialog } from "../../cluster-acts/suspend-dialog.tsx";
import { useClusterAct } from "../../cluster-acts/use-cluster-act.ts";
import { ActionButton } from "../../components/action-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import classes from "./state-action.module.css";

type Props = { readonly cluster: Cluster };

/** Suspend or Resume, whichever the state leads to; while it changes, the one that was asked for, with the reason to wait. */
export function StateAction({ cluster }: Props) {
  const [asking, setAsking] = useState(false);
  const resume = useClusterAct(cluster.id, "resumeCluster");
  const down = cluster.state === "suspended" || cluster.state === "resuming" || cluster.state === "restoring";
  return (
    <div className={classes["action"]}>
      {down ? (
        <ActionButton
          look="primary"
          availability={cluster.actions.resume}
          icon={<IconPlayerPlay size={18} aria-hidden />}
          busy={resume.isPending}
          onAct={() => resume.mutate()}
        >
          Resume
        </ActionButton>
      ) : (
        <ActionButton
          availability={cluster.actions.suspend}
          icon={<IconPlayerPause size={18} aria-hidden />}
          onAct={() => setAsking(true)}
        >
          Suspend
        </ActionButton>
      )}
      {resume.error !== null && <ProblemNote error={resume.error} />}
      <SuspendDialog
        cluster={cluster}
        opened={asking && cluster.actions.suspend.allowed}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
