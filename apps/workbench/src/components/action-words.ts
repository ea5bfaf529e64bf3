import type { Action } from "@snapdeck/contract/cluster";

/** Each action as a button says it. */
export const ACTION_WORDS: Record<Action, string> = {
  backUp: "Backup Now",
  suspend: "Suspend",
  resume: "Resume",
  restore: "Restore",
  deleteBackup: "Delete backup",
  cancelJob: "Cancel",
  loadExampleData: "Load example data",
};
