import { Button, Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { activityQuery } from "../../api/queries.ts";
import { formatDuration } from "../../format/duration.ts";
import { useNow } from "../../format/use-now.ts";
import { jobTitle } from "../../job-card/job-title.ts";
import type { SqlRun } from "./sql-desk.ts";
import classes from "./sql-results.module.css";

const JobCard = lazy(async () => ({ default: (await import("../../job-card/job-card.tsx")).JobCard }));

type Props = { readonly cluster: Cluster; readonly run: Extract<SqlRun, { state: "running" }> };

/** A script under way: for how long, the job of a statement that others wait for, and the way to stop waiting. */
export function SqlRunning({ cluster, run }: Props) {
  const nowMs = useNow();
  const elapsedMs = Math.max(0, Math.floor((nowMs - run.startedAtMs) / 1000)) * 1000;
  const { data: activity } = useQuery(activityQuery(cluster.id));
  const jobs = activity?.items.filter(isStatementUnderWay) ?? [];
  return (
    <div className={classes["running"]}>
      <div className={`card ${classes["running"]}`}>
        <p className={`numbers ${classes["clock"]}`}>
          Running for {elapsedMs < 10_000 ? `${elapsedMs / 1000} s` : formatDuration(elapsedMs)}. You may leave this
          page meanwhile.
        </p>
        <div>
          <Button variant="default" onClick={run.stop}>
            Stop
          </Button>
        </div>
      </div>
      {jobs.map((job) => (
        <Suspense key={job.id} fallback={<Skeleton height={166} radius={8} />}>
          <JobCard job={job} title={jobTitle(job, { nowMs })} cluster={cluster} />
        </Suspense>
      ))}
    </div>
  );
}

function isStatementUnderWay({ work, state }: Job): boolean {
  return work.kind === "database-backup" && UNDER_WAY.some((name) => name === state.name);
}
