import { Button, Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { IconPlayerStop, IconPlugConnectedX } from "@tabler/icons-react";
import { useRef } from "react";
import note from "../../components/problem-note.module.css";
import { TextLink } from "../../components/text-link.tsx";
import { useFocusHandover } from "../../components/use-focus-handover.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatCounted } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import { goOnWords } from "./go-on-words.ts";
import { JobResult } from "./job-result.tsx";
import { didNotSucceed } from "./reply-words.ts";
import type { CutOffRun } from "./sql-desk.ts";
import classes from "./sql-results.module.css";
import { useScriptJobs } from "./use-script-jobs.ts";

type Props = { readonly cluster: Cluster; readonly run: CutOffRun; readonly onGoOn: () => void };

/** A script whose answer did not come, because it was stopped or the connection was lost: what is known of it, what is not, and how to go on. */
export function SqlCutOff({ cluster, run, onGoOn }: Props) {
  const root = useRef<HTMLDivElement>(null);
  useFocusHandover(root);
  const nowMs = useNow(60_000);
  const jobs = useScriptJobs(cluster.id, run);
  const ended = jobs?.some(didNotSucceed) ?? false;
  return (
    <div ref={root} className={classes["results"]}>
      {run.state === "stopped" ? <Stopped tookMs={run.tookMs} /> : <Lost error={run.error} />}
      <p className={classes["words"]} role="status">
        <JobsKnown run={run} jobs={jobs} />
      </p>
      {jobs?.map((job) => (
        <div key={job.id} className={`card ${classes["result"]}`}>
          {job.work.kind === "database-backup" && <code className={classes["statement"]}>{job.work.sql}</code>}
          <JobResult begun={job} cluster={cluster} />
        </div>
      ))}
      {jobs === undefined && run.before !== undefined && <Skeleton height={80} radius={8} />}
      {run.before === undefined && (
        <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId: cluster.id }}>
          See the jobs
        </TextLink>
      )}
      <div className={classes["goOn"]}>
        <Button
          variant="default"
          aria-describedby="go-on"
          {...(ended ? { "aria-disabled": true, "data-disabled": true } : { onClick: onGoOn })}
        >
          Go on with the script
        </Button>
        <p id="go-on" className="quiet">
          {ended
            ? "The script has ended: it does not go on behind a job that did not succeed. Run what is still wanted by itself."
            : goOnWords(nowMs - run.sentAtMs)}
        </p>
      </div>
    </div>
  );
}

function Stopped({ tookMs }: { readonly tookMs: number }) {
  return (
    <div className={`card ${classes["stopped"]}`}>
      <IconPlayerStop size={18} aria-hidden />
      <div>
        <strong>Stopped after {formatDuration(tookMs)}</strong>
        <p>
          The statement that it was at is the last: those behind it are not run. What the engine was still doing for it
          is canceled. A job that it began goes on, until you cancel it.
        </p>
      </div>
    </div>
  );
}

function Lost({ error }: { readonly error: Error }) {
  return (
    <div className={note["note"]} role="alert">
      <IconPlugConnectedX size={18} aria-hidden className={note["icon"]} />
      <div className={note["words"]}>
        <strong>{error.message}</strong>
        <p>
          The answer to the script was lost, so how far it came is not known: the statement that it was at may be done
          or not. The server begins none behind it once it notices that nobody waits. A job goes on without this page.
        </p>
      </div>
    </div>
  );
}

type JobsKnownProps = { readonly run: CutOffRun; readonly jobs: readonly Job[] | undefined };

function JobsKnown({ run, jobs }: JobsKnownProps) {
  if (run.before === undefined) return "Which jobs came of it, this page cannot tell.";
  if (jobs === undefined)
    return "Which jobs came of it is not known until the server answers; it is asked again and again.";
  if (jobs.length === 0) return "The server knows of no job that came of it.";
  return `${formatCounted(jobs.length, "job")} came of it, shown as ${jobs.length === 1 ? "it stands" : "they stand"} now.`;
}
