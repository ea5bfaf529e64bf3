import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { RestoreRecord } from "./cluster-facts.ts";

/** What a request about a restore leads to: `start` the work, or `answer` its present state because it is done or under way. */
export type RestoreDecision = "start" | "answer";

function busy(restore: RestoreRecord): SnapdeckError {
  return new SnapdeckError(
    "cluster-busy",
    `restore ${restore.operationId} is still ${restore.phase}; nothing was changed`,
    {
      hint: "Wait until that has ended.",
    },
  );
}

function ended(restore: RestoreRecord, meaning: string): SnapdeckError {
  return new SnapdeckError("job-finished", `restore ${restore.operationId} has ended as ${restore.phase}; ${meaning}`);
}

/** `isSwapPending`: the swap was decided and did not finish; it is carried on, never taken back. */
export function decideCommit(restore: RestoreRecord, isSwapPending: boolean): RestoreDecision {
  switch (restore.phase) {
    case "ready":
      return "start";
    case "sealing":
      return isSwapPending ? "start" : "answer";
    case "swapped":
    case "undoing":
    case "undone":
    case "kept":
      return "answer";
    case "preparing":
      throw busy(restore);
    case "discarding":
    case "discarded":
    case "failed":
      throw ended(restore, "the live data was not touched");
  }
}

export function decideDiscard(restore: RestoreRecord, isSwapPending: boolean): RestoreDecision {
  switch (restore.phase) {
    case "preparing":
    case "ready":
      return "start";
    case "sealing":
      if (!isSwapPending) return "start";
      break;
    case "discarding":
    case "discarded":
    case "failed":
      return "answer";
    case "swapped":
    case "undoing":
    case "undone":
    case "kept":
      break;
  }
  throw new SnapdeckError(
    "restore-already-swapped",
    `restore ${restore.operationId} put its data in place already; discarding it now would lose data`,
    {
      hint:
        restore.phase === "swapped" ? "Undo the restore to go back to the data from before." : "Look at the cluster.",
    },
  );
}

export function decideUndo(restore: RestoreRecord, isSwapPending: boolean): RestoreDecision {
  switch (restore.phase) {
    case "swapped":
      if (restore.keeping) throw ended(restore, "the data from before is being let go");
      return "start";
    case "undoing":
      return isSwapPending ? "start" : "answer";
    case "undone":
      return "answer";
    case "kept":
      throw ended(restore, "the data from before is gone");
    case "discarding":
    case "discarded":
    case "failed":
      throw ended(restore, "the live data was never exchanged");
    case "preparing":
    case "ready":
    case "sealing":
      throw busy(restore);
  }
}

/** `isRemoving`: the previous data is being removed at this moment. A removal that failed is begun again. */
export function decideKeep(restore: RestoreRecord, isRemoving: boolean): RestoreDecision {
  switch (restore.phase) {
    case "swapped":
      return restore.keeping && isRemoving ? "answer" : "start";
    case "kept":
      return "answer";
    case "undone":
    case "discarding":
    case "discarded":
    case "failed":
      throw ended(restore, "there is no previous data to let go");
    case "preparing":
    case "ready":
    case "sealing":
    case "undoing":
      throw busy(restore);
  }
}

/**
 * What a restore that was under way means to a host manager that has just started and found no swap to finish: nothing was
 * exchanged, so an open one is over and an undo that was asked for has not happened.
 */
export function settleAfterRestart(restore: RestoreRecord): RestoreRecord {
  switch (restore.phase) {
    case "preparing":
    case "ready":
    case "sealing":
      return {
        ...restore,
        phase: "failed",
        detail: `the host manager stopped while the restore was ${restore.phase}; the live data was not touched`,
      };
    case "discarding":
      // A detail says that it was not the caller who gave it up.
      return { ...restore, phase: restore.detail === undefined ? "discarded" : "failed" };
    case "undoing":
      return {
        ...restore,
        phase: "swapped",
        detail: "the host manager stopped before the undo; the restored data is live",
      };
    default:
      return restore;
  }
}
