import type { Job } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { ClusterEvents } from "../clusters/cluster-events.ts";

export type JobEnds = { readonly store: Pick<JobStore, "get">; readonly events: Pick<ClusterEvents, "watch"> };

/** The job once it has ended. @throws the reason of `signal` when nobody waits any more; the job goes on */
export async function awaitEnd({ store, events }: JobEnds, job: Job, signal: AbortSignal): Promise<Job> {
  if (isEnded(job.state)) return job;
  signal.throwIfAborted();
  const over = new AbortController();
  try {
    return await new Promise<Job>((resolve, reject) => {
      const stopWatching = events.watch(job.clusterId, (event) => {
        if (event.type === "job" && event.job.id === job.id && isEnded(event.job.state)) resolve(event.job);
      });
      over.signal.addEventListener("abort", stopWatching);
      signal.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
      // It may have ended before anybody watched.
      store.get(job.id).then((now) => {
        if (now !== undefined && isEnded(now.state)) resolve(now);
      }, reject);
    });
  } finally {
    over.abort();
  }
}

/** Why what comes after a job is not run; undefined where it succeeded. */
export function failureOf({ state }: Job): SnapdeckError | undefined {
  switch (state.name) {
    case "failed":
    case "interrupted": {
      const { code, detail = state.problem.title, hint } = state.problem;
      return new SnapdeckError(code, detail, hint === undefined ? {} : { hint });
    }
    case "canceled":
      return new SnapdeckError(
        "job-finished",
        `the job was canceled by ${state.canceledBy}; what comes after it was not run`,
        {
          hint: "Run the statements again that are still wanted.",
        },
      );
    default:
      return undefined;
  }
}
