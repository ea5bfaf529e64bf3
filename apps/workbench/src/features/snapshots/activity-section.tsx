import { Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { Suspense, useId } from "react";
import { JobCard } from "./activity-card.ts";
import { SectionHeading } from "./section-heading.tsx";
import classes from "./snapshots-page.module.css";

/** About the height of the card of a job that moves bytes, in pixels. */
const CARD_HEIGHT_PX = 380;

type Props = {
  readonly cluster: Cluster;
  readonly activity: readonly Job[];
  readonly titleOf: (job: Job) => string;
};

/** The jobs in progress or failed; nothing at all when there are none. */
export function ActivitySection({ cluster, activity, titleOf }: Props) {
  const headingId = useId();
  if (activity.length === 0) return null;
  return (
    <section aria-labelledby={headingId} className={classes["section"]}>
      <SectionHeading id={headingId} title="Activity" count={activity.length} counted="jobs" />
      <div className={classes["cards"]}>
        <Suspense fallback={<Skeleton height={CARD_HEIGHT_PX * activity.length} radius={8} />}>
          {activity.map((job) => (
            <JobCard key={job.id} job={job} title={titleOf(job)} cluster={cluster} />
          ))}
        </Suspense>
      </div>
    </section>
  );
}
