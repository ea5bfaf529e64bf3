import type { Job, Progress } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { keys } from "../api/query-keys.ts";

/** One point of a job's chart of speed. `at` as measured, ISO 8601. */
export type Sample = { readonly at: string; readonly bytesPerSecond: number };

/** How many samples are kept of a job: 12 s at 10 a second, minutes at the pace of polling. */
const KEPT = 120;

/** The samples with one more; the same array when the progress says nothing new. */
export function withSample(samples: readonly Sample[], progress: Progress): readonly Sample[] {
  const { measuredAt, bytesPerSecond } = progress;
  if (bytesPerSecond === undefined) return samples;
  const last = samples.at(-1);
  if (last !== undefined && measuredAt <= last.at) return samples;
  return [...samples, { at: measuredAt, bytesPerSecond }].slice(-KEPT);
}

/** Remembers the speed of each job, wherever its progress came from. */
export function recordThroughput(client: QueryClient, jobs: readonly Job[]): void {
  for (const { id, progress } of jobs) {
    if (progress === undefined) continue;
    const before = client.getQueryData<readonly Sample[]>(keys.throughput(id)) ?? NONE;
    const after = withSample(before, progress);
    if (after !== before) client.setQueryData<readonly Sample[]>(keys.throughput(id), after);
  }
}

const NONE: readonly Sample[] = [];

/** The speed of a job as this page has seen it, oldest first, at most 120 samples. */
export function useThroughput(jobId: JobId): readonly Sample[] {
  const { data } = useQuery<readonly Sample[]>({
    queryKey: keys.throughput(jobId),
    // Only the live stream and polling write it.
    queryFn: () => NONE,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}
