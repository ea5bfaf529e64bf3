import type { Progress, RankProgress } from "@snapdeck/contract/job";

/** How far back the speed looks, in milliseconds: long enough to be calm, short enough to follow a change. */
const WINDOW_MS = 4_000;

/** Below this span two measurements say nothing of speed, in milliseconds. */
const MIN_SPAN_MS = 400;

type Sample = { readonly atMs: number; readonly bytesDone: number };

/** The measurements of one attempt so far. Start from `EMPTY_METER`. */
export type ProgressMeter = { readonly samples: readonly Sample[]; readonly ranks: readonly RankProgress[] };

export const EMPTY_METER: ProgressMeter = { samples: [], ranks: [] };

/**
 * Takes in what the engine reports and says how far the job is. What the engine takes back is not shown: no number of a rank
 * shrinks, and nothing done exceeds its total (reliability F14: totals grow while the engine still looks around).
 * @param atMs milliseconds since the epoch; `at` the same moment as the wire writes it
 */
export function measure(
  meter: ProgressMeter,
  reported: readonly RankProgress[],
  at: string,
  atMs: number,
): { meter: ProgressMeter; progress: Progress } {
  const ranks = reported.map((now) => {
    const before = meter.ranks.find((rank) => rank.rank === now.rank);
    return before === undefined ? capped(now) : capped(grown(before, now));
  });
  const bytesDone = sum(ranks, (rank) => rank.bytesDone);
  const bytesTotal = ranks.some((rank) => rank.bytesTotal === 0) ? 0 : sum(ranks, (rank) => rank.bytesTotal);
  const samples = [...meter.samples, { atMs, bytesDone }].filter((sample) => atMs - sample.atMs <= WINDOW_MS);
  const bytesPerSecond = speedOf(samples);
  const progress: Progress = {
    measuredAt: at,
    bytesDone,
    bytesTotal,
    filesDone: sum(ranks, (rank) => rank.filesDone),
    filesTotal: sum(ranks, (rank) => rank.filesTotal),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    ...etaOf(bytesDone, bytesTotal, bytesPerSecond),
    ranks,
  };
  return { meter: { samples, ranks }, progress };
}

function grown(before: RankProgress, now: RankProgress): RankProgress {
  return {
    rank: now.rank,
    bytesDone: Math.max(before.bytesDone, now.bytesDone),
    bytesTotal: Math.max(before.bytesTotal, now.bytesTotal),
    filesDone: Math.max(before.filesDone, now.filesDone),
    filesTotal: Math.max(before.filesTotal, now.filesTotal),
  };
}

function capped(rank: RankProgress): RankProgress {
  return {
    ...rank,
    bytesTotal: rank.bytesTotal === 0 ? 0 : Math.max(rank.bytesTotal, rank.bytesDone),
    filesTotal: rank.filesTotal === 0 ? 0 : Math.max(rank.filesTotal, rank.filesDone),
  };
}

function speedOf(samples: readonly Sample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < MIN_SPAN_MS) return undefined;
  return Math.round(((last.bytesDone - first.bytesDone) * 1_000) / (last.atMs - first.atMs));
}

/** No speed, no total, no promise. */
function etaOf(bytesDone: number, bytesTotal: number, bytesPerSecond: number | undefined): { etaMs?: number } {
  if (bytesTotal === 0 || bytesPerSecond === undefined || bytesPerSecond === 0) return {};
  return { etaMs: Math.round(((bytesTotal - bytesDone) * 1_000) / bytesPerSecond) };
}

function sum(ranks: readonly RankProgress[], of: (rank: RankProgress) => number): number {
  return ranks.reduce((total, rank) => total + of(rank), 0);
}
