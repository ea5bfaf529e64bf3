/** "22 Nov 2026, 14:05:12 CET": the exact moment with its zone, which is the reader's unless a test names another. */
export function formatMoment(at: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone,
  }).format(Date.parse(at));
}
