import { Button, Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useSyncExternalStore } from "react";
import { activityQuery } from "../../api/queries.ts";
import { useFocusHandover } from "../../components/use-focus-handover.ts";
import { formatDuration } from "../../format/duration.ts";
import { useNow } from "../../format/use-now.ts";
import { jobTitle } from "../../job-card/job-title.ts";
import { passwordPrompt } from "../../session/password-prompt.ts";
import { jobsOfScript } from "./script-jobs.ts";
import type { SqlRun } from "./sql-desk.ts";
import classes from "./sql-results.module.css";

const JobCard = lazy(async () => ({ default: (await import("../../job-card/job-card.tsx")).JobCard }));

type Props = { readonly cluster: Cluster; readonly run: Extract<SqlRun, { state: "running" }> };

/** A script under way: for how long, the job of a statement that others wait for, and the way to stop waiting. */
export function SqlRunning({ cluster, run }: Props) {
  const root = useRef<HTMLDivElement>(null);
  useFocusHandover(root);
  const nowMs = useNow();
  const elapsedMs = Math.max(0, Math.floor((nowMs - run.startedAtMs) / 1000)) * 1000;
  const { data: activity } = useQuery(activityQuery(cluster.id));
  const asksPassword = useSyncExternalStore(passwordPrompt.subscribe, passwordPrompt.isOpen);
  const jobs = run.before === undefined ? [] : jobsOfScript(activity?.items ?? [], run.before).filter(isUnderWay);
  return (
    <div ref={root} className={classes["running"]}>
      <div className={`card ${classes["running"]}`}>
        {asksPassword ? (
          <p className={classes["clock"]}>Waiting for your password; nothing runs until it is confirmed.</p>
        ) : (
          <p className={`numbers ${classes["clock"]}`}>
            Running for {elapsedMs < 10_000 ? `${elapsedMs / 1000} s` : formatDuration(elapsedMs)}. You may leave this
            page meanwhile. Stop keeps the statements behind the one that runs from being run; a job goes on, until it
            is canceled.
          </p>
        )}
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

function isUnderWay({ state }: Job): boolean {
  return UNDER_WAY.some((name) => name === state.name);
}
