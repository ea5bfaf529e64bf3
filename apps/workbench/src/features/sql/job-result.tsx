import { Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { isActivity, type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { jobQuery } from "../../api/queries.ts";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { useNow } from "../../format/use-now.ts";
import { evidenceText } from "../../job-card/evidence-text.ts";
import { failureMeaning } from "../../job-card/failure-meaning.ts";
import { JobStateBadge } from "../../job-card/job-state-badge.tsx";
import { jobTitle } from "../../job-card/job-title.ts";
import { useJobAnnouncements } from "../../job-card/use-job-announcements.ts";
import classes from "./job-result.module.css";

const JobCard = lazy(async () => ({ default: (await import("../../job-card/job-card.tsx")).JobCard }));

/** How often a job under way is asked for, in milliseconds, beside what the live stream tells of it. */
const ASK_MS = 5000;

type Props = { readonly begun: Job; readonly cluster: Cluster };

/** The job that a statement began, as it is now. */
export function JobResult({ begun, cluster }: Props) {
  const nowMs = useNow(60_000);
  const { data: job } = useQuery({
    ...jobQuery(cluster.id, begun.id),
    initialData: begun,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) => (state.data === undefined || isUnderWay(state.data) ? ASK_MS : false),
  });
  const title = jobTitle(job, { nowMs });
  useJobAnnouncements(
    useMemo(() => [job], [job]),
    () => title,
  );
  if (isActivity(job)) {
    return (
      <Suspense fallback={<Skeleton height={166} radius={8} />}>
        <JobCard job={job} title={title} cluster={cluster} />
      </Suspense>
    );
  }
  return (
    <div className={classes["ended"]}>
      <p className={classes["title"]}>
        <strong>{title}</strong> <JobStateBadge job={job} />
      </p>
      <Outcome job={job} />
      <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId: cluster.id }} search={{ job: job.id }}>
        See the job
      </TextLink>
    </div>
  );
}

function Outcome({ job }: { readonly job: Job }) {
  const { state } = job;
  const meaning = failureMeaning(job);
  switch (state.name) {
    case "succeeded":
      return <p>Read back after the work: {evidenceText(state.evidence)}.</p>;
    case "canceled":
      return <p>Canceled by {state.canceledBy}; nothing was left behind.</p>;
    case "failed":
    case "interrupted":
      return <ProblemNote problem={state.problem} {...(meaning === undefined ? {} : { meaning })} announced />;
    case "queued":
    case "running":
    case "canceling":
      return null;
  }
}

function isUnderWay({ state }: Job): boolean {
  return UNDER_WAY.some((name) => name === state.name);
}
