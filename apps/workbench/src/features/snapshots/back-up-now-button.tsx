import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { ActionButton } from "../../components/action-button.tsx";
import classes from "./snapshots-page.module.css";
import type { BackUpNow } from "./use-back-up-now.ts";

type Props = {
  /** Undefined until the first answer. */
  readonly cluster: Cluster | undefined;
  readonly activity: readonly Job[];
  readonly backUp: BackUpNow;
  /** Resumes the cluster, where that is what the backup waits for. */
  readonly onResume: () => void;
};

/** The page's one primary action. */
export function BackUpNowButton({ cluster, activity, backUp, onResume }: Props) {
  const availability = availabilityNow(cluster, activity);
  const resumes = availability?.allowed === false && availability.wayOut === "resume";
  return (
    <div className={classes["primary"]}>
      <ActionButton
        availability={availability}
        look="primary"
        busy={backUp.busy}
        onAct={backUp.press}
        onWayOut={resumes ? onResume : undefined}
      >
        Backup Now
      </ActionButton>
    </div>
  );
}

/** The server's word, and before that arrives what the page sees itself: the backup that it has just started. */
function availabilityNow(cluster: Cluster | undefined, activity: readonly Job[]): Availability | undefined {
  const said = cluster?.actions.backUp;
  const running = activity.find(
    ({ work, state }) => work.kind === "backup" && UNDER_WAY.some((name) => name === state.name),
  );
  if (said?.allowed !== true || running === undefined) return said;
  return { allowed: false, code: "cluster-busy", reason: "A backup is under way", jobId: running.id };
}
