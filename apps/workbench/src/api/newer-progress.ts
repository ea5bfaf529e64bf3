import type { Progress } from "@snapdeck/contract/job";

/** Whether `progress` was measured after `than`. Moments of one form compare as text. */
export function isNewer(progress: Progress, than: Progress | undefined): boolean {
  return than === undefined || progress.measuredAt > than.measuredAt;
}
