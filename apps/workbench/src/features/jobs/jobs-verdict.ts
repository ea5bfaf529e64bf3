import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { formatCounted } from "../../format/rows.ts";

/** The sentence that the page opens with. `more`: there are older jobs than these. */
export function jobsVerdict(jobs: readonly Job[], more: boolean): string {
  if (jobs.length === 0) return "Nothing has run on this cluster yet.";
  const underWay = jobs.filter(({ state }) => UNDER_WAY.some((name) => name === state.name)).length;
  const open = jobs.filter(isOpenFailure).length;
  const parts = [
    underWay === 0 ? "Nothing is running." : `${formatCounted(underWay, "job")} under way.`,
    open === 0
      ? "No failure waits to be cleared."
      : `${formatCounted(open, "failed job")} ${open === 1 ? "waits" : "wait"} to be cleared.`,
    `${formatCounted(jobs.length, "job")} shown${more ? ", older ones below" : ""}.`,
  ];
  return parts.join(" ");
}

function isOpenFailure({ state, dismissedAt }: Job): boolean {
  return (state.name === "failed" || state.name === "interrupted") && dismissedAt === undefined;
}
