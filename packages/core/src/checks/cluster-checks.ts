import { BACKUP_CHECKS } from "./backup-checks.ts";
import type { ClusterCheck } from "./cluster-check.ts";
import { DATA_CHECKS } from "./data-checks.ts";
import { PROOF_CHECKS } from "./proof-checks.ts";
import { RESTORE_CHECKS } from "./restore-checks.ts";
import { UNDO_CHECKS } from "./undo-checks.ts";

/**
 * The promises of the Cluster port as data. Every adapter's tests run all of them, the in-memory fake's included, each on a fresh,
 * running cluster that holds some rows.
 */
export const CLUSTER_CHECKS: readonly ClusterCheck[] = [
  ...DATA_CHECKS,
  ...BACKUP_CHECKS,
  ...PROOF_CHECKS,
  ...RESTORE_CHECKS,
  ...UNDO_CHECKS,
];
