import { Skeleton } from "@mantine/core";
import type { Job } from "@snapdeck/contract/job";
import { type ClusterId, JobId } from "@snapdeck/contract/scalars";
import { IconListDetails } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { activityQuery, clusterQuery, jobQuery, jobsQuery } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { VerdictSkeleton } from "../../components/verdict-skeleton.tsx";
import { JobsTable } from "./jobs-table.tsx";
import { jobsVerdict } from "./jobs-verdict.ts";

/** Everything that was done to the cluster, newest first, each with its details. */
export function JobsPage() {
  const { clusterId } = useParams({ from: "/signed-in/clusters/$clusterId/jobs" });
  const { job: openId } = useSearch({ from: "/signed-in/clusters/$clusterId/jobs" });
  const navigate = useNavigate({ from: "/clusters/$clusterId/jobs" });
  const { data: cluster } = useQuery(clusterQuery(clusterId));
  const { data: activity } = useQuery(activityQuery(clusterId));
  const query = useInfiniteQuery(jobsQuery(clusterId));
  const listed = query.data?.pages.flatMap(({ items }) => items);
  const elsewhere = useJobElsewhere(clusterId, openId, listed);
  const jobs = listed === undefined ? undefined : newestOf(elsewhere, listed, activity?.items ?? []);
  const open = (id: JobId | undefined) => void navigate({ search: id === undefined ? {} : { job: id }, replace: true });

  return (
    <>
      <PageHeader
        title="Jobs"
        {...(cluster === undefined ? {} : { of: cluster.name })}
        verdict={
          jobs === undefined ? query.error === null && <VerdictSkeleton /> : jobsVerdict(jobs, query.hasNextPage)
        }
      />
      <PageProblem query={query} />
      {jobs === undefined && query.error === null && <Skeleton height={360} radius={8} />}
      {jobs?.length === 0 && (
        <div className="card">
          <EmptyState icon={<IconListDetails size={28} aria-hidden />} title="No job has run on this cluster yet">
            Backups, restores, suspending and resuming are jobs. Start with a backup on the{" "}
            <TextLink to="/clusters/$clusterId/snapshots" params={{ clusterId }}>
              Snapshots
            </TextLink>{" "}
            page.
          </EmptyState>
        </div>
      )}
      {jobs !== undefined && jobs.length > 0 && (
        <>
          <JobsTable jobs={jobs} cluster={cluster} openId={openId} onOpen={open} />
          <LoadMore query={query} />
        </>
      )}
    </>
  );
}

/** Stands in a query that is not asked while no job is open. */
const NO_JOB = JobId.parse("00000000-0000-4000-8000-000000000000");

/** The job that the address names, where it is too old to be among those that are loaded. */
function useJobElsewhere(clusterId: ClusterId, openId: JobId | undefined, listed: readonly Job[] | undefined): Job[] {
  const missing = openId !== undefined && listed !== undefined && !listed.some(({ id }) => id === openId);
  const { data } = useQuery({ ...jobQuery(clusterId, openId ?? NO_JOB), enabled: missing });
  return missing && data !== undefined ? [data] : [];
}

/** Each job once, as its newest change has it: the activity is ahead of the list by what the stream brought. */
function newestOf(elsewhere: readonly Job[], listed: readonly Job[], activity: readonly Job[]): Job[] {
  const live = new Map(activity.map((job) => [job.id, job]));
  return [...elsewhere, ...listed].map((job) => {
    const held = live.get(job.id);
    return held !== undefined && held.seq >= job.seq ? held : job;
  });
}
