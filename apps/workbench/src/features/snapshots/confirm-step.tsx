import { Button, TextInput } from "@mantine/core";
import type { RestorePlan } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import { IconArrowLeft } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ProblemError } from "../../api/problem-error.ts";
import { ActionButton } from "../../components/action-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { useNow } from "../../format/use-now.ts";
import { backupName } from "./backup-name.ts";
import { replaceAvailability } from "./continue-availability.ts";
import { JobLink } from "./job-link.tsx";
import { effectSentence, planSummary } from "./plan-summary.ts";
import classes from "./restore-dialog.module.css";
import { RowsSentence } from "./rows-sentence.tsx";
import { useStartRestore } from "./use-start-restore.ts";

type Props = {
  readonly plan: RestorePlan;
  readonly cluster: Cluster;
  /** The plan no longer fits: another one is needed. */
  readonly onStale: () => void;
  readonly onSuspend: () => void;
  readonly onBack: () => void;
  readonly onKeep: () => void;
  readonly onStarted: () => void;
};

/** The last question: the cluster's name typed. The focus starts on leaving everything as it is. */
export function ConfirmStep({ plan, cluster, ...ways }: Props) {
  const [typed, setTyped] = useState("");
  const keep = useRef<HTMLButtonElement>(null);
  const nowMs = useNow();
  const expired = nowMs >= Date.parse(plan.expiresAt);
  const restore = useStartRestore(cluster.id, plan, { onStarted: ways.onStarted, onStale: ways.onStale });
  const availability = replaceAvailability(plan, cluster, { typed, expired });
  useEffect(() => keep.current?.focus({ preventScroll: true }), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (availability.allowed && !restore.isPending) restore.mutate(typed);
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
      <TextInput
        label={
          <>
            Type the cluster's name, <strong>{plan.clusterName}</strong>, to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
      />
      {restore.error !== null && <RestoreProblem error={restore.error} />}
      {expired && (
        <p className={classes["note"]} role="status">
          This plan is too old to be used. <TextButton onClick={ways.onStale}>Make a new plan</TextButton>
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
          onAct={() => restore.mutate(typed)}
          onWayOut={ways.onSuspend}
        >
          Replace all data
        </ActionButton>
      </div>
    </form>
  );
}

function RestoreProblem({ error }: { readonly error: Error }) {
  const jobId = error instanceof ProblemError ? error.problem.jobId : undefined;
  return <ProblemNote error={error}>{jobId !== undefined && <JobLink jobId={jobId} />}</ProblemNote>;
}
