import type { Job } from "@snapdeck/contract/job";
import { formatDuration } from "../../format/duration.ts";
import { evidenceText } from "../../job-card/evidence-text.ts";
import { percentOf, percentText } from "../../job-card/percent.ts";

/** What came of a job, or how far it is, in a few words. */
export function jobOutcome(job: Job): string {
  const { state } = job;
  switch (state.name) {
    case "queued":
      return "waits for its turn";
    case "running":
    case "canceling":
      return percentOf(job) === undefined ? state.phase : `${state.phase}, ${percentText(percentOf(job))}`;
    case "succeeded":
      return evidenceText(state.evidence);
    case "failed":
    case "interrupted":
      return state.problem.title;
    case "canceled":
      return `by ${state.canceledBy}`;
  }
}

/** How long a job worked, in words; undefined for one that has not begun or has not ended. */
export function tookText({ state }: Job): string | undefined {
  if (!("endedAt" in state) || state.startedAt === undefined) return undefined;
  return formatDuration(Math.max(0, Date.parse(state.endedAt) - Date.parse(state.startedAt)));
}
