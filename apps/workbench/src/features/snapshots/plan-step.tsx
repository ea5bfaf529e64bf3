import { Button } from "@mantine/core";
import type { RestorePlan } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { ActionButton } from "../../components/action-button.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { useNow } from "../../format/use-now.ts";
import { continueAvailability } from "./continue-availability.ts";
import { PlanEffects } from "./plan-effects.tsx";
import { PlanFacts } from "./plan-facts.tsx";
import classes from "./restore-dialog.module.css";
import { SuspectNote } from "./suspect-note.tsx";
import type { Outdated } from "./use-start-restore.ts";

type Props = {
  readonly plan: RestorePlan;
  readonly cluster: Cluster;
  /** Why the plan took the place of another one, where it did. */
  readonly outdated: Outdated | undefined;
  readonly busy: boolean;
  readonly onSuspend: () => void;
  readonly onRenew: () => void;
  readonly onKeep: () => void;
  readonly onContinue: () => void;
};

const WHY: Record<Outdated, string> = {
  "plan-stale": "the cluster or the backup changed after the last one was made.",
  "backup-suspect": "a proof that has ended meanwhile found the backup suspect.",
};

/** What the restore would do, before anything is typed. */
export function PlanStep({ plan, cluster, outdated, busy, ...ways }: Props) {
  const { warnings } = plan;
  const { suspect } = plan.backup;
  const expired = useNow() >= Date.parse(plan.expiresAt);
  const keep = useRef<HTMLButtonElement>(null);
  // The dialog opened before the plan was there, with nothing safe to focus yet.
  useEffect(() => keep.current?.focus({ preventScroll: true }), []);
  return (
    <>
      {outdated !== undefined && (
        <p className={classes["note"]} role="status">
          <IconInfoCircle size={16} aria-hidden />
          <span>
            {busy ? "A new plan is being made" : "This is a new plan"}: {WHY[outdated]} Nothing was restored.
          </span>
        </p>
      )}
      {suspect !== undefined && (
        <SuspectNote suspect={suspect}>
          <p>
            Restore it only where no better backup is left. The restore still compares rows and contents before it
            replaces anything; files that differ no longer stop it. It asks for your reason, which goes to the audit
            trail.
          </p>
        </SuspectNote>
      )}
      {expired && !busy && (
        <p className={classes["note"]} role="status">
          <IconInfoCircle size={16} aria-hidden />
          <span>
            This plan is too old to be used. <TextButton onClick={ways.onRenew}>Make a new plan</TextButton>
          </span>
        </p>
      )}
      {warnings.length > 0 && (
        <ul className={classes["warnings"]} aria-label="Know this first">
          {warnings.map((warning) => (
            <li key={warning}>
              <IconAlertTriangle size={16} aria-hidden />
              <span>{warning}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={classes["plan"]} aria-busy={busy}>
        <PlanFacts plan={plan} />
        <PlanEffects plan={plan} />
      </div>
      <div className={classes["buttons"]}>
        <Button ref={keep} variant="default" onClick={ways.onKeep}>
          Keep as it is
        </Button>
        <ActionButton
          availability={continueAvailability(plan, cluster, expired)}
          busy={busy}
          look="primary"
          onAct={ways.onContinue}
          onWayOut={ways.onSuspend}
        >
          Continue
        </ActionButton>
      </div>
    </>
  );
}
