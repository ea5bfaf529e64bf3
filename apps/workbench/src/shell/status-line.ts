import type { LiveStatus } from "../live/use-live-status.ts";

export type StatusLine = {
  readonly text: string;
  /** What a screen reader hears: changes with the state, not with the seconds. */
  readonly spoken: string;
};

/** The line at the foot of the page. */
export function statusLine(status: LiveStatus, nowMs: number): StatusLine {
  const ageText = ageOf(status.dataAt, nowMs);
  switch (status.state) {
    case "live":
      return { text: `Live · ${ageText} old`, spoken: "Live" };
    case "connecting":
      return { text: `Connecting · data is ${ageText} old`, spoken: "" };
    case "offline":
      // HTTP still answers: the truth is here, only later.
      if (status.polled) {
        return {
          text: `No live connection; reading every 5 s. Data is ${ageText} old. ${nextTry(status)}`,
          spoken: "No live connection; the page reads every 5 seconds.",
        };
      }
      return { text: `Connection lost. Data is ${ageText} old. ${nextTry(status)}`, spoken: "Connection lost." };
  }
}

function nextTry({ nextTryInMs }: LiveStatus): string {
  if (nextTryInMs === undefined) return "Trying now…";
  const seconds = Math.ceil(nextTryInMs / 1000);
  return seconds === 0 ? "Trying now…" : `Trying again in ${seconds} s`;
}

/** Tenths below ten seconds, where they tell a live page from one that has just stopped being it. */
function ageOf(at: string, nowMs: number): string {
  const seconds = Math.max(0, nowMs - Date.parse(at)) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} min`;
}
