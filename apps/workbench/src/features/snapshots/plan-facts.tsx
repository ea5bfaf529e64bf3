import type { RestorePlan } from "@snapdeck/contract/backup";
import { StateBadge } from "../../components/state-badge.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatCount } from "../../format/rows.ts";
import { ProofBadge } from "./proof-badge.tsx";
import classes from "./restore-dialog.module.css";

type Props = { readonly plan: RestorePlan };

/** The backup of a plan, and what the restore takes in time and space. */
export function PlanFacts({ plan }: Props) {
  const { backup, space } = plan;
  return (
    <dl className={classes["facts"]}>
      <div>
        <dt>Backup</dt>
        <dd>
          <Age at={backup.takenAt} />
        </dd>
        <dd className={classes["under"]}>
          {formatBytes(backup.sizeBytes)}, {formatCount(backup.rows)} rows
        </dd>
        <dd className={classes["under"]}>
          <code>{backup.id}</code>
        </dd>
      </div>
      <div>
        <dt>Proof</dt>
        <dd>
          <ProofBadge backup={backup} />
        </dd>
        <dd className={classes["under"]}>
          {backup.suspect === undefined ? backup.proof.level : `${backup.proof.level} holds`},{" "}
          <Age at={backup.proof.provenAt} />
        </dd>
      </div>
      <div>
        <dt>Expected time</dt>
        <dd>{plan.expectedMs === undefined ? "not known yet" : `about ${formatDuration(plan.expectedMs)}`}</dd>
        <dd className={classes["under"]}>
          {plan.expectedMs === undefined
            ? "nothing was backed up or restored here before"
            : "at the speed of earlier work here"}
        </dd>
      </div>
      <div data-tone={space.enough ? undefined : "failed"}>
        <dt>Space</dt>
        <dd>
          {space.enough ? `${formatBytes(space.neededBytes)} needed` : <NotEnough neededBytes={space.neededBytes} />}
        </dd>
        <dd className={classes["under"]}>{formatBytes(space.freeBytes)} free</dd>
      </div>
    </dl>
  );
}

function NotEnough({ neededBytes }: { readonly neededBytes: number }) {
  return <StateBadge tone="failed" word={`${formatBytes(neededBytes)} needed, not enough`} />;
}
