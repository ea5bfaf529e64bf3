/** A rank that was up for this long had nothing to do with the crash before: counting starts anew. */
export const STEADY_MS = 60_000;

/** Enough to ride out a passing lack of memory; a rank that cannot open its data fails the same way five times. */
const DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** How many lives ended in a row, counting the one that just did after `upMs` of service. */
export function crashesInARow(before: number, upMs: number): number {
  return upMs >= STEADY_MS ? 1 : before + 1;
}

/** How long to wait before the next start, in milliseconds; undefined when it is time to give up and say so. */
export function restartDelayMs(crashes: number): number | undefined {
  return DELAYS_MS[crashes - 1];
}
