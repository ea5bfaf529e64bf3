import { Button } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { IconChevronDown } from "@tabler/icons-react";
import { useId, useRef, useState } from "react";
import { ProblemNote } from "../components/problem-note.tsx";
import { useFocusHandover } from "../components/use-focus-handover.ts";
import { useThroughput } from "../live/throughput.ts";
import { CancelButton } from "./cancel-button.tsx";
import classes from "./job-card.module.css";
import { JobDetails } from "./job-details.tsx";
import { JobFailure } from "./job-failure.tsx";
import { JobProgress } from "./job-progress.tsx";
import { JobStateBadge } from "./job-state-badge.tsx";
import { movesData } from "./percent.ts";
import { StepLine } from "./step-line.tsx";
import { ThroughputChart } from "./throughput-chart.tsx";
import { useCancel } from "./use-cancel.ts";

type Props = {
  readonly job: Job;
  readonly title: string;
  readonly cluster: Cluster;
};

/**
 * One job with everything that an operator watches: its state and step, how far it is, each rank, its speed; what went wrong and
 * what that means; Cancel. Its height changes only when its state does.
 */
export function JobCard({ job, title, cluster }: Props) {
  const headingId = useId();
  const card = useRef<HTMLElement>(null);
  useFocusHandover(card);
  const cancel = useCancel(job);
  const [open, setOpen] = useState(false);
  const bodyId = useId();
  const underWay = UNDER_WAY.some((name) => name === job.state.name);
  return (
    <article ref={card} className={classes["card"]} aria-labelledby={headingId} data-state={job.state.name}>
      <header className={classes["head"]}>
        <div className={classes["name"]}>
          <h3 id={headingId}>{title}</h3>
          <JobStateBadge job={job} />
          <StepLine job={job} />
        </div>
        <div className={classes["acts"]}>
          <DetailsButton title={title} open={open} bodyId={bodyId} onToggle={() => setOpen(!open)} />
          <CancelButton job={job} title={title} cluster={cluster} cancel={cancel} />
        </div>
      </header>
      {underWay ? (
        <JobProgress job={job} title={title} cluster={cluster} />
      ) : (
        <JobFailure job={job} cluster={cluster} />
      )}
      {cancel.error !== null && <ProblemNote error={cancel.error} onRetry={cancel.start} />}
      {underWay && movesData(job) && <JobThroughput job={job} />}
      <div id={bodyId} hidden={!open} className={classes["details"]}>
        {open && <JobDetails job={job} />}
      </div>
    </article>
  );
}

function JobThroughput({ job }: Pick<Props, "job">) {
  return <ThroughputChart samples={useThroughput(job.id)} />;
}

type DetailsButtonProps = {
  readonly title: string;
  readonly open: boolean;
  readonly bodyId: string;
  readonly onToggle: () => void;
};

function DetailsButton({ title, open, bodyId, onToggle }: DetailsButtonProps) {
  return (
    <Button
      variant="subtle"
      aria-expanded={open}
      aria-controls={bodyId}
      aria-label={`Details of ${title}`}
      rightSection={<IconChevronDown size={16} aria-hidden className={classes["chevron"]} data-open={open} />}
      onClick={onToggle}
    >
      Details
    </Button>
  );
}
