import type { Job } from "@snapdeck/contract/job";
import type { ProblemCode } from "@snapdeck/contract/problem";

/**
 * How long after a try that learned nothing of the backup the next one begins, in milliseconds: after a store that was away for a
 * moment, for an evening, for a night's repair. Four tries, and then it is left to people.
 */
const NEXT_AFTER_MS = [10 * 60_000, 60 * 60_000, 4 * 60 * 60_000];

/** What says nothing of the backup, and may be over by itself later. */
const PASSES: ReadonlySet<ProblemCode> = new Set([
  "store-unavailable",
  "state-unavailable",
  "no-progress",
  "disk-full",
]);

export const MOST_TRIES = NEXT_AFTER_MS.length + 1;

/**
 * When the try after that one, the `tried`-th, may begin, in milliseconds since the epoch; undefined where none does: it told something
 * of the backup, somebody canceled it, or there were enough. Work that killed whoever drove it has `failed` and is left alone.
 */
export function nextTryAt({ state }: Job, tried: number): number | undefined {
  const afterMs = NEXT_AFTER_MS[tried - 1];
  if (afterMs === undefined) return undefined;
  const mayPass = state.name === "interrupted" || (state.name === "failed" && PASSES.has(state.problem.code));
  return mayPass ? Date.parse(state.endedAt) + afterMs : undefined;
}
