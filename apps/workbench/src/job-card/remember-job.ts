import { isActivity, type Job } from "@snapdeck/contract/job";
import type { Reply } from "@snapdeck/contract/routes";
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/query-keys.ts";

type Activity = Reply<"listActivity">;

/** Puts a job that the server just answered with where the pages look, ahead of the live stream, which may be down. */
export function rememberJob(client: QueryClient, job: Job): void {
  client.setQueryData<Activity>(keys.activity(job.clusterId), (known) => known && withJob(known, job));
  client.setQueryData<Job>(keys.job(job.clusterId, job.id), (known) => (isOutdated(known, job) ? job : known));
}

/** The activity with a job as it is now; `seq` stays, for the changes in between have not been seen. */
export function withJob(activity: Activity, job: Job): Activity {
  const place = activity.items.findIndex((other) => other.id === job.id);
  // A list that has seen later changes than this one, and does not hold the job, has seen it end.
  const isNew = place === -1 && isActivity(job) && job.seq > activity.seq;
  if (place === -1) return isNew ? { ...activity, items: [job, ...activity.items] } : activity;
  if (!isOutdated(activity.items[place], job)) return activity;
  return isActivity(job)
    ? { ...activity, items: activity.items.with(place, job) }
    : { ...activity, items: activity.items.toSpliced(place, 1) };
}

function isOutdated(known: Job | undefined, by: Job): boolean {
  return known === undefined || known.seq < by.seq;
}
