import type { Evidence, Job } from "@snapdeck/contract/job";

/** How long a result stays on the page for somebody who comes later, in milliseconds: one hour. */
const SHOWN_MS = 3_600_000;

type Kinds = readonly Evidence["kind"][];

/** What replaced the cluster's data, one way or the other. */
export const RESTORES: Kinds = ["restore", "undo-restore"];
export const CHECKS: Kinds = ["check-store"];

/** A job that succeeded, with its evidence at hand. */
export type JobResult = { readonly job: Job; readonly endedAt: string; readonly evidence: Evidence };

/**
 * The newest result of these kinds that the page should still tell: it ended within the last hour, or after the page was opened at
 * `openedMs`, and nobody dismissed it. What was followed by another one, also one that failed, is history.
 */
export function recentResult(
  jobs: readonly Job[],
  kinds: Kinds,
  { nowMs, openedMs, dismissed }: { nowMs: number; openedMs: number; dismissed: string },
): JobResult | undefined {
  const newest = newestResult(jobs, kinds);
  if (newest === undefined || newest.job.id === dismissed || failedSince(jobs, kinds, newest.endedAt)) return undefined;
  const endedMs = Date.parse(newest.endedAt);
  return endedMs >= openedMs || nowMs - endedMs <= SHOWN_MS ? newest : undefined;
}

/** The job of these kinds that succeeded last; undefined where none did. */
export function newestResult(jobs: readonly Job[], kinds: Kinds): JobResult | undefined {
  return jobs
    .filter(({ work }) => kinds.some((kind) => kind === work.kind))
    .flatMap((job) =>
      job.state.name === "succeeded" ? [{ job, endedAt: job.state.endedAt, evidence: job.state.evidence }] : [],
    )
    .sort((a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt))[0];
}

function failedSince(jobs: readonly Job[], kinds: Kinds, at: string): boolean {
  return jobs.some(
    ({ work, state }) =>
      kinds.some((kind) => kind === work.kind) &&
      (state.name === "failed" || state.name === "interrupted") &&
      Date.parse(state.endedAt) > Date.parse(at),
  );
}
