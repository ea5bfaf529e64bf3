import type { Action } from "@snapdeck/contract/cluster";

/** The actions that open a dialog instead of being done at once: what leads to them ends in an ellipsis. */
export const ASKS_FIRST: ReadonlySet<Action> = new Set<Action>(["suspend", "restore", "deleteBackup"]);

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
