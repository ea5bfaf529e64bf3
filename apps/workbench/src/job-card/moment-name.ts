/** Where the reader is: the browser's zone unless a test says otherwise. */
type Zone = string | undefined;

/** "2026-11-22 14:05" in the reader's zone. */
export function momentStamp(at: string, timeZone?: Zone): string {
  const parts = partsOf(Date.parse(at), timeZone);
  return `${parts.day} ${parts.time}`;
}

/** A moment as people say it: "today 13:52", "yesterday 23:10", and before that "2026-11-20 09:00", in the reader's zone. */
export function momentName(at: string, nowMs: number, timeZone?: Zone): string {
  const then = partsOf(Date.parse(at), timeZone);
  if (then.day === partsOf(nowMs, timeZone).day) return `today ${then.time}`;
  if (then.day === dayBefore(partsOf(nowMs, timeZone).day)) return `yesterday ${then.time}`;
  return `${then.day} ${then.time}`;
}

function partsOf(atMs: number, timeZone: Zone): { day: string; time: string } {
  // The Swedish form of a date is the ISO one: 2026-11-22 14:05.
  const text = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(atMs);
  const [day = "", time = ""] = text.split(" ");
  return { day, time };
}

/** By the calendar and not by 24 hours, which are not a day when the clocks change. */
function dayBefore(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
