const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "12 s ago", "12 minutes ago", "3 hours ago", "2 days ago". A moment slightly in the future is "just now": the clocks of browser
 * and server are not the same.
 */
export function formatAge(at: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(at);
  if (ageMs < 2 * SECOND) return "just now";
  if (ageMs < MINUTE) return `${Math.floor(ageMs / SECOND)} s ago`;
  if (ageMs < HOUR) return `${counted(ageMs / MINUTE, "minute")} ago`;
  if (ageMs < 2 * DAY) return `${counted(ageMs / HOUR, "hour")} ago`;
  return `${counted(ageMs / DAY, "day")} ago`;
}

function counted(amount: number, unit: string): string {
  const whole = Math.floor(amount);
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}
