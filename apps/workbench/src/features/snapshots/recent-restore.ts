import type { Job } from "@snapdeck/contract/job";

/** How long a restore's result stays on the page for somebody who comes later, in milliseconds: one hour. */
const SHOWN_MS = 3_600_000;

/** A job that ended as a restore that worked, with its evidence at hand. */
export type RestoreResult = {
  readonly job: Job;
  readonly endedAt: string;
  readonly tables: number;
  readonly rows: number;
  readonly swapMs: number;
};

/**
 * The newest restore whose result the page should still tell: it ended within the last hour, or after the page was opened at
 * `openedMs`, and nobody dismissed it. A restore that was followed by another one is history.
 */
export function recentRestore(
  jobs: readonly Job[],
  { nowMs, openedMs, dismissed }: { nowMs: number; openedMs: number; dismissed: ReadonlySet<string> },
): RestoreResult | undefined {
  const newest = newestRestore(jobs);
  if (newest === undefined || dismissed.has(newest.job.id)) return undefined;
  const endedMs = Date.parse(newest.endedAt);
  return endedMs >= openedMs || nowMs - endedMs <= SHOWN_MS ? newest : undefined;
}

/** The restore that succeeded last; undefined where none did. */
export function newestRestore(jobs: readonly Job[]): RestoreResult | undefined {
  return jobs.flatMap(resultOf).sort((a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt))[0];
}

function resultOf(job: Job): RestoreResult[] {
  if (job.state.name !== "succeeded" || job.state.evidence.kind !== "restore") return [];
  const { tables, rows, swapMs } = job.state.evidence;
  return [{ job, endedAt: job.state.endedAt, tables, rows, swapMs }];
}
