import type { Action } from "@snapdeck/contract/cluster";

/** The actions that open a dialog instead of being done at once: what leads to them ends in an ellipsis. */
export const ASKS_FIRST: ReadonlySet<Action> = new Set<Action>([
  "suspend",
  "restore",
  "undoRestore",
  "keepRestored",
  "deleteBackup",
  "verifyBackup",
  "checkStore",
]);

/** Each action as a button says it. */
export const ACTION_WORDS: Record<Action, string> = {
  backUp: "Backup Now",
  suspend: "Suspend",
  resume: "Resume",
  restore: "Restore",
  undoRestore: "Undo restore",
  keepRestored: "Keep restored data",
  deleteBackup: "Delete backup",
  verifyBackup: "Verify",
  checkStore: "Check store",
  cancelJob: "Cancel",
  loadExampleData: "Load example data",
  databaseBackup: "Run",
};
