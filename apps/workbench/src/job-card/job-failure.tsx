import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import type { ReactNode } from "react";
import { UndoRestoreButton } from "../cluster-acts/undo-restore-button.tsx";
import { ProblemNote } from "../components/problem-note.tsx";
import { TextLink } from "../components/text-link.tsx";
import { cancelWords } from "./cancel-words.ts";
import { failureMeaning } from "./failure-meaning.ts";
import classes from "./job-card.module.css";

type Props = { readonly job: Job; readonly cluster: Cluster };

/** What went wrong, what that means, the way on where the page knows one, and what Cancel does to the entry. */
export function JobFailure({ job, cluster }: Props) {
  if (job.state.name !== "failed" && job.state.name !== "interrupted") return null;
  const meaning = failureMeaning(job);
  return (
    <>
      <ProblemNote problem={job.state.problem} {...(meaning === undefined ? {} : { meaning })} announced>
        {wayOn(job, cluster)}
      </ProblemNote>
      <p className={classes["clears"]}>{cancelWords(job)?.effect}</p>
    </>
  );
}

function wayOn({ work, state }: Job, cluster: Cluster): ReactNode {
  // A cluster that does not start on what was restored can be brought back to what it ran on before.
  if (work.kind === "resume" && cluster.previousData !== undefined) {
    return <UndoRestoreButton cluster={cluster} previous={cluster.previousData} />;
  }
  const code = "problem" in state ? state.problem.code : undefined;
  if (
    (work.kind === "verify-backup" && code === "proof-failed") ||
    (work.kind === "restore" && code === "backup-suspect")
  ) {
    return (
      <TextLink
        to="/clusters/$clusterId/snapshots"
        params={{ clusterId: cluster.id }}
        search={{ dialog: "details", backup: work.backupId }}
      >
        See what differs
      </TextLink>
    );
  }
  return undefined;
}
