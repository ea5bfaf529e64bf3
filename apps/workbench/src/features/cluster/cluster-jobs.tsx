import { Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { activityQuery } from "../../api/queries.ts";
import { useNow } from "../../format/use-now.ts";
import { jobTitle } from "../../job-card/job-title.ts";
import classes from "./cluster-page.module.css";

// Most of the time nothing is under way, and then the page does without the card's code.
const JobCard = lazy(async () => ({ default: (await import("../../job-card/job-card.tsx")).JobCard }));

type Props = { readonly cluster: Cluster };

/** What changes the cluster as a whole, while it does and when it failed; backups have their own page. */
export function ClusterJobs({ cluster }: Props) {
  const { data: activity } = useQuery(activityQuery(cluster.id));
  const nowMs = useNow(60_000);
  const jobs = activity?.items.filter(changesTheCluster) ?? [];
  if (jobs.length === 0) return null;
  return (
    <section className={classes["jobs"]} aria-label="Under way or failed on this cluster">
      <Suspense fallback={<Skeleton height={166} radius={8} />}>
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} title={jobTitle(job, { nowMs })} cluster={cluster} />
        ))}
      </Suspense>
    </section>
  );
}

function changesTheCluster(job: Job): boolean {
  switch (job.work.kind) {
    case "suspend":
    case "resume":
    case "restore":
    case "undo-restore":
    case "keep-restored":
    case "load-example-data":
      return true;
    case "backup":
    case "delete-backup":
    case "verify-backup":
    case "check-store":
      return false;
    case "database-backup":
      return job.work.deed === "restore";
  }
}
