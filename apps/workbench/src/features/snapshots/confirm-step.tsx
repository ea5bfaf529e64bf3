import { Button } from "@mantine/core";
import type { RestorePlan } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import { IconArrowLeft } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ActionButton } from "../../components/action-button.tsx";
import { NameField } from "../../components/name-field.tsx";
import { RefusalNote } from "../../components/refusal-note.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { useNow } from "../../format/use-now.ts";
import { backupName } from "./backup-name.ts";
import { replaceAvailability } from "./continue-availability.ts";
import { effectSentence, planSummary } from "./plan-summary.ts";
import { ReasonField } from "./reason-field.tsx";
import classes from "./restore-dialog.module.css";
import { RowsSentence } from "./rows-sentence.tsx";
import { type Outdated, useStartRestore } from "./use-start-restore.ts";

type Props = {
  readonly plan: RestorePlan;
  readonly cluster: Cluster;
  /** Why a suspect backup is restored all the same, as far as it is typed; undefined for a backup that nothing speaks against. */
  readonly reason: string | undefined;
  readonly onReason: (reason: string) => void;
  /** Another plan is needed. */
  readonly onOutdated: (why: Outdated) => void;
  readonly onSuspend: () => void;
  readonly onBack: () => void;
  readonly onKeep: () => void;
  readonly onStarted: () => void;
};

/** The last question: the cluster's name typed, and for a suspect backup a reason. The focus starts on leaving everything as it is. */
export function ConfirmStep({ plan, cluster, reason, ...ways }: Props) {
  const [typed, setTyped] = useState("");
  const keep = useRef<HTMLButtonElement>(null);
  const nowMs = useNow();
  const expired = nowMs >= Date.parse(plan.expiresAt);
  const restore = useStartRestore(cluster.id, plan, ways);
  const availability = replaceAvailability(plan, cluster, { typed, expired, reason });
  useEffect(() => keep.current?.focus({ preventScroll: true }), []);
  const replace = () => restore.mutate({ clusterName: typed, suspectReason: reason?.trim() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (availability.allowed && !restore.isPending) replace();
  };
  return (
    <form onSubmit={submit} className={classes["confirm"]}>
      <p className={classes["sentence"]}>
        All data of <strong>{plan.clusterName}</strong> is replaced by the {backupName(plan.backup, nowMs)}.{" "}
        {effectSentence(planSummary(plan))} <RowsSentence plan={plan} />
      </p>
      <p className={classes["sentence"]}>
        Until the swap at its end, the restore can be canceled and leaves everything as it was. The previous data is
        kept.
      </p>
      {reason !== undefined && <ReasonField reason={reason} onChange={ways.onReason} />}
      <NameField name={plan.clusterName} typed={typed} onType={setTyped} />
      {restore.error !== null && <RefusalNote error={restore.error} />}
      {expired && (
        <p className={classes["note"]} role="status">
          This plan is too old to be used.{" "}
          <TextButton onClick={() => ways.onOutdated("plan-stale")}>Make a new plan</TextButton>
        </p>
      )}
      <div className={classes["buttons"]}>
        <Button
          variant="subtle"
          className={classes["back"] ?? ""}
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          onClick={ways.onBack}
        >
          Back to the plan
        </Button>
        <Button ref={keep} variant="default" onClick={ways.onKeep}>
          Keep as it is
        </Button>
        <ActionButton
          availability={availability}
          look="danger"
          busy={restore.isPending}
          onAct={replace}
          onWayOut={ways.onSuspend}
        >
          Replace all data
        </ActionButton>
      </div>
    </form>
  );
}
