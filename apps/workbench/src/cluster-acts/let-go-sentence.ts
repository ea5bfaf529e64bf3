import type { PreviousData } from "@snapdeck/contract/cluster";
import { momentName } from "../job-card/moment-name.ts";

/** Until when the data from before a restore is kept. `timeZone`: IANA name; the reader's own when absent. */
export function letGoSentence({ letGoAt }: PreviousData, nowMs: number, timeZone?: string): string {
  if (letGoAt === undefined) return "It stays until somebody lets it go.";
  if (Date.parse(letGoAt) <= nowMs)
    return "Its time has passed: it is let go by itself once the cluster ran for an hour.";
  const [day, time] = momentName(letGoAt, nowMs, timeZone).split(" ");
  return day === "today" ? `It is let go by itself today at ${time}.` : `It is let go by itself on ${day} at ${time}.`;
}
