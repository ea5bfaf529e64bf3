import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import type { Role } from "@snapdeck/contract/role";
import { isBackupWork, isDryRun } from "./backup-work-statement.ts";

/**
 * The least role for a statement: who looks is a viewer, who takes and verifies backups an operator. What removes or replaces something,
 * what may hold a secret, and whatever the engine makes of a statement of its own needs an admin.
 */
export function roleOf(statement: Statement): Role {
  switch (statement.kind) {
    case "show-backup":
    case "describe-backup":
    case "show-data-sink":
    case "describe-data-sink":
    case "show-data-source":
    case "describe-data-source":
    case "show-credential":
    case "describe-credential":
      return "viewer";
    case "create-backup":
      return statement.options.recreate === true ? "admin" : "operator";
    case "take-snapshot":
      return letsGo(statement.options) ? "admin" : "operator";
    case "verify-backup":
      return "operator";
    default:
      return "admin";
  }
}

/** Whether a snapshot's own statement has older ones removed. */
function letsGo(options: {
  readonly deleteIntermediateBackups?: boolean;
  readonly maxIncrementalBackupsToKeep?: number;
}): boolean {
  const { deleteIntermediateBackups = false, maxIncrementalBackupsToKeep = -1 } = options;
  return deleteIntermediateBackups || maxIncrementalBackupsToKeep >= 0;
}

/** Whether the password must have been typed of late: for what needs an admin, unless it only tells what it would do. */
export function needsFreshSignIn(statement: Statement): boolean {
  return roleOf(statement) === "admin" && !(isBackupWork(statement) && isDryRun(statement));
}
