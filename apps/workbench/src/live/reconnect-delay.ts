/** How long to wait before each try, in milliseconds; the last one for all that follow. */
const STEPS_MS = [0, 1000, 3000, 10_000] as const;

/** Spreads the first try of many tabs, which all lose a restarted server at the same instant. */
const FIRST_SPREAD_MS = 250;

/**
 * How long to wait before the next try to connect, after that many failures in a row: 0, 1, 3, then 10 s, each up to a fifth
 * longer or shorter by `random`, which lies in [0, 1).
 */
export function reconnectDelayMs(failures: number, random: number): number {
  const stepMs = STEPS_MS[Math.min(failures, STEPS_MS.length - 1)] ?? 0;
  if (stepMs === 0) return Math.round(random * FIRST_SPREAD_MS);
  return Math.round(stepMs * (0.8 + 0.4 * random));
}
