import { formatDuration } from "../../format/duration.ts";

/** "11 ms", "1.2 s": how long the moment took in which one data was exchanged for the other. */
export function swapText(swapMs: number): string {
  return swapMs < 1_000 ? `${Math.max(1, Math.round(swapMs))} ms` : formatDuration(swapMs);
}
