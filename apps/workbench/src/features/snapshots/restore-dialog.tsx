import { Modal } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { BackupId } from "@snapdeck/contract/scalars";
import { useState } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import { useNow } from "../../format/use-now.ts";
import { backupName } from "./backup-name.ts";
import { ConfirmStep } from "./confirm-step.tsx";
import { DialogSteps } from "./dialog-steps.tsx";
import { PlanSkeleton } from "./plan-skeleton.tsx";
import { PlanStep } from "./plan-step.tsx";
import { useBackup } from "./use-backup.ts";
import { useRestorePlan } from "./use-restore-plan.ts";
import type { Outdated } from "./use-start-restore.ts";

type Props = {
  readonly cluster: Cluster;
  readonly backupId: BackupId;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSuspend: () => void;
};

/** The way to a restore: what it would do, as the server computed it, then the cluster's name typed. Its job's card takes over. */
export function RestoreDialog({ cluster, backupId, opened, onClose, onSuspend }: Props) {
  const backup = useBackup(cluster.id, backupId);
  const nowMs = useNow(60_000);
  const of = backup.data === undefined ? `backup ${backupId}` : `the ${backupName(backup.data, nowMs)}`;
  return (
    <Modal opened={opened} onClose={onClose} title={`Restore "${cluster.name}" from ${of}`} size={760}>
      {/* Made anew with each opening: neither a plan nor what was typed outlives the dialog. */}
      <Steps cluster={cluster} backupId={backupId} onClose={onClose} onSuspend={onSuspend} />
    </Modal>
  );
}

function Steps({ cluster, backupId, onClose, onSuspend }: Omit<Props, "opened">) {
  const [step, setStep] = useState<"plan" | "confirm">("plan");
  const [outdated, setOutdated] = useState<Outdated>();
  const [reason, setReason] = useState("");
  const plan = useRestorePlan(cluster.id, backupId);
  const renew = (why: Outdated) => {
    setOutdated(why);
    setStep("plan");
    void plan.refetch();
  };
  if (plan.data === undefined) {
    return (
      <>
        <DialogSteps current="plan" />
        {plan.error === null ? (
          <PlanSkeleton />
        ) : (
          <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />
        )}
      </>
    );
  }
  // The server's word counts also where its plan does not show the proof yet.
  const isSuspect = plan.data.backup.suspect !== undefined || outdated === "backup-suspect";
  return (
    <>
      <DialogSteps current={step} />
      {plan.error !== null && <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />}
      {step === "plan" ? (
        <PlanStep
          plan={plan.data}
          cluster={cluster}
          outdated={outdated}
          busy={plan.isFetching}
          onSuspend={onSuspend}
          onRenew={() => renew("plan-stale")}
          onKeep={onClose}
          onContinue={() => setStep("confirm")}
        />
      ) : (
        <ConfirmStep
          plan={plan.data}
          cluster={cluster}
          reason={isSuspect ? reason : undefined}
          onReason={setReason}
          onOutdated={renew}
          onSuspend={onSuspend}
          onBack={() => setStep("plan")}
          onKeep={onClose}
          onStarted={onClose}
        />
      )}
    </>
  );
}
