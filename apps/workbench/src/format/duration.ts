const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3.1 s", "42 s", "3 min 12 s", "2 h 5 min", "3 d 4 h": two units at most, and no more precision than a reader uses. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 9.95 * SECOND) return `${(durationMs / SECOND).toFixed(1)} s`;
  const wholeMs = Math.round(durationMs / SECOND) * SECOND;
  if (wholeMs < MINUTE) return `${wholeMs / SECOND} s`;
  if (wholeMs < HOUR) return pair(wholeMs, MINUTE, "min", SECOND, "s");
  if (wholeMs < DAY) return pair(wholeMs, HOUR, "h", MINUTE, "min");
  return pair(wholeMs, DAY, "d", HOUR, "h");
}

function pair(durationMs: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((durationMs % large) / small);
  const first = `${Math.floor(durationMs / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}
