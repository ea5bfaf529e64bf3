import type { Job } from "@snapdeck/contract/job";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { activityQuery, clusterQuery, jobsQuery } from "../../api/queries.ts";
import { SuspendDialog } from "../../cluster-acts/suspend-dialog.tsx";
import { useClusterAct } from "../../cluster-acts/use-cluster-act.ts";
import { Glide } from "../../components/glide.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { useJobAnnouncements } from "../../job-card/use-job-announcements.ts";
import { ActivitySection } from "./activity-section.tsx";
import { BackUpNowButton } from "./back-up-now-button.tsx";
import { BackupsSection } from "./backups-section.tsx";
import { needsNote } from "./needs-note.ts";
import { CHECKS, newestResult, RESTORES } from "./recent-result.ts";
import { SnapshotsDialogs } from "./snapshots-dialogs.tsx";
import classes from "./snapshots-page.module.css";
import { useBackUpNow } from "./use-back-up-now.ts";
import { useJobTitles } from "./use-job-titles.ts";
import { useRecentResult } from "./use-recent-result.ts";
import { useSnapshotsAddress } from "./use-snapshots-address.ts";
import { VerdictLine } from "./verdict-line.tsx";
import { VerdictSkeleton } from "./verdict-skeleton.tsx";

const SnapshotsNotes = lazy(async () => ({ default: (await import("./snapshots-notes.tsx")).SnapshotsNotes }));

const NONE: readonly Job[] = [];

/** Backups of one cluster: how they stand, the work under way, and each completed backup with what can be done with it. */
export function SnapshotsPage() {
  const address = useSnapshotsAddress();
  const { clusterId } = address;
  const cluster = useQuery(clusterQuery(clusterId));
  const activity = useQuery(activityQuery(clusterId));
  const history = useInfiniteQuery(jobsQuery(clusterId));
  const [suspending, setSuspending] = useState(false);
  const titleOf = useJobTitles(clusterId);
  const backUp = useBackUpNow(clusterId);
  const resume = useClusterAct(clusterId, "resumeCluster");

  const underWay = activity.data?.items ?? NONE;
  const past = useMemo(() => history.data?.pages.flatMap((page) => page.items), [history.data]);
  const jobs = useMemo(
    () => (activity.data === undefined ? undefined : [...activity.data.items, ...(past ?? NONE)]),
    [activity.data, past],
  );
  useJobAnnouncements(jobs, titleOf);
  const restored = useRecentResult(clusterId, RESTORES, past ?? NONE);
  const checked = useRecentResult(clusterId, CHECKS, past ?? NONE);
  const unread = [cluster, activity].find((read) => needsNote(read.error, read.data))?.error;
  const reread = () => void Promise.all([cluster.refetch(), activity.refetch()]);

  return (
    <>
      <PageHeader
        title="Snapshots"
        verdict={
          cluster.data === undefined || activity.data === undefined ? (
            <VerdictSkeleton failed={unread !== undefined} />
          ) : (
            <VerdictLine
              cluster={cluster.data}
              activity={underWay}
              restoredAt={newestResult(past ?? NONE, RESTORES)?.endedAt}
            />
          )
        }
        action={
          <BackUpNowButton
            cluster={cluster.data}
            activity={underWay}
            backUp={backUp}
            onResume={() => resume.mutate()}
          />
        }
      />
      <Glide
        below={
          <BackupsSection
            cluster={cluster.data}
            activity={underWay}
            address={address}
            onSuspend={() => setSuspending(true)}
          />
        }
      >
        <div className={classes["notes"]}>
          {backUp.error !== null && <ProblemNote error={backUp.error} onRetry={backUp.press} />}
          {unread !== undefined && <ProblemNote error={unread} onRetry={reread} />}
          {resume.error !== null && <ProblemNote error={resume.error} onRetry={() => resume.mutate()} />}
          {cluster.data !== undefined &&
            (restored.result ?? checked.result ?? cluster.data.previousData) !== undefined && (
              <Suspense>
                <SnapshotsNotes
                  cluster={cluster.data}
                  restored={restored}
                  checked={checked}
                  titleOf={titleOf}
                  resuming={resume.isPending}
                  onResume={() => resume.mutate()}
                />
              </Suspense>
            )}
        </div>
        {cluster.data !== undefined && <ActivitySection cluster={cluster.data} activity={underWay} titleOf={titleOf} />}
      </Glide>
      {cluster.data !== undefined && (
        <>
          <SnapshotsDialogs cluster={cluster.data} address={address} onSuspend={() => setSuspending(true)} />
          <SuspendDialog cluster={cluster.data} opened={suspending} onClose={() => setSuspending(false)} />
        </>
      )}
    </>
  );
}
