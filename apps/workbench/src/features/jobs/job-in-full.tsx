import type { Cluster } from "@snapdeck/contract/cluster";
import { isActivity, type Job } from "@snapdeck/contract/job";
import { ProblemNote } from "../../components/problem-note.tsx";
import { evidenceText } from "../../job-card/evidence-text.ts";
import { JobCard } from "../../job-card/job-card.tsx";
import { JobDetails } from "../../job-card/job-details.tsx";
import { StepLine } from "../../job-card/step-line.tsx";
import classes from "./job-in-full.module.css";

type Props = {
  readonly job: Job;
  readonly title: string;
  readonly cluster: Cluster | undefined;
};

/** A job with all that is known of it. What can still be acted on is shown as the card it has under Activity. */
export function JobInFull({ job, title, cluster }: Props) {
  if (cluster !== undefined && isActivity(job)) return <JobCard job={job} title={title} cluster={cluster} />;
  return (
    <div className={classes["full"]}>
      <StepLine job={job} />
      <Outcome job={job} />
      <JobDetails job={job} />
    </div>
  );
}

function Outcome({ job }: Pick<Props, "job">) {
  switch (job.state.name) {
    case "succeeded":
      return <p className={classes["outcome"]}>Read back after the work: {evidenceText(job.state.evidence)}.</p>;
    case "canceled":
      return <p className={classes["outcome"]}>Canceled by {job.state.canceledBy}; nothing was left behind.</p>;
    case "failed":
    case "interrupted":
      return <ProblemNote problem={job.state.problem} />;
    case "queued":
    case "running":
    case "canceling":
      return null;
  }
}
