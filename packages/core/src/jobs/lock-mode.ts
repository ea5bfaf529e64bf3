import type { JobKind } from "@snapdeck/contract/job";
import type { LockMode } from "../ports/job-store.ts";

/** How much of the cluster a kind of job needs: what replaces data or stops processes is alone, the rest goes side by side. */
export function lockModeOf(kind: JobKind): LockMode {
  switch (kind) {
    case "restore":
    case "suspend":
    case "resume":
      return "exclusive";
    case "backup":
    case "delete-backup":
    case "load-example-data":
      return "shared";
  }
}

/**
 * Whether a new job of kind `asked` may start while one of kind `held` is under way. Of backups and of example loads there is one
 * at a time: a second would read, write or create the very same things and only slow the first down.
 */
export function coexists(asked: JobKind, held: JobKind): boolean {
  if (lockModeOf(asked) === "exclusive" || lockModeOf(held) === "exclusive") return false;
  return asked !== held || asked === "delete-backup";
}
