import type { JobKind, JobWork } from "@snapdeck/contract/job";
import type { LockMode } from "../ports/job-store.ts";

/** How much of the cluster a kind of job needs: what replaces data or stops processes is alone, the rest goes side by side. */
export function lockModeOf(kind: JobKind): LockMode {
  switch (kind) {
    case "restore":
    case "suspend":
    case "resume":
    case "undo-restore":
      return "exclusive";
    case "backup":
    case "delete-backup":
    case "database-backup":
    case "load-example-data":
    case "keep-restored":
      return "shared";
    case "verify-backup":
    case "check-store":
      return "aside";
  }
}

/**
 * Whether a new job of kind `asked` may start while one of kind `held` is under way. Of most kinds there is one at a time: a second
 * would read, write or create the very same things and only slow the first down. Which backup they use is another question.
 */
export function coexists(asked: JobKind, held: JobKind): boolean {
  if (asked === held) return asked === "delete-backup" || asked === "verify-backup";
  if (lockModeOf(asked) === "aside" || lockModeOf(held) === "aside") return true;
  return lockModeOf(asked) === "shared" && lockModeOf(held) === "shared";
}

/** Whether both need throw-away ranks, of which a cluster has one set: the second would read its backup for nothing. */
export function disputeTrial(asked: JobWork, held: JobWork): boolean {
  return triesOut(asked) && triesOut(held);
}

function triesOut(work: JobWork): boolean {
  return work.kind === "verify-backup" && work.level === "L3";
}
