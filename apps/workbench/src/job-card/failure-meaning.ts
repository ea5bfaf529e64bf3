import type { Job } from "@snapdeck/contract/job";

/**
 * What the failure of a job means for the data, for work whose problem does not say so by itself; undefined where the problem has the last
 * word.
 */
export function failureMeaning({ work, state }: Job): string | undefined {
  if (work.kind !== "database-backup" || (state.name !== "failed" && state.name !== "interrupted")) return undefined;
  switch (work.deed) {
    case "take":
      // Once the snapshot is listed, what fails is the tidying behind it.
      return state.phase === "listing" || state.phase === "folding" || state.phase === "removing"
        ? "The cluster's data is not touched, and every listed snapshot stays restorable."
        : "No snapshot was listed. The cluster's data and earlier snapshots are not touched.";
    case "alter":
      return "The cluster's data is not touched, and every listed snapshot stays restorable.";
    case "restore":
      return state.phase === "swapping" ? undefined : "No object of the cluster was replaced: all are as they were.";
    case "drop":
      return "The cluster's data is not touched.";
    case "verify":
      return "A verification changes nothing.";
  }
}
