import type { DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { ClusterParts } from "../cluster-parts.ts";
import { alter } from "./alter.ts";
import { planAlter } from "./alter-dry-run.ts";
import { discardSnapshots } from "./discard.ts";
import { drop } from "./drop.ts";
import { planDrop } from "./drop-dry-run.ts";
import { mustBeRestorable, planRestore, restore } from "./restore.ts";
import { discardRestore } from "./restore-settle.ts";
import { supportedNow } from "./supported-objects.ts";
import { take } from "./take.ts";
import { planTake } from "./take-dry-run.ts";
import { verifySnapshots } from "./verify.ts";

/** Database backups of a cluster of ClickHouse engines. */
export function databaseBackupsOf(parts: ClusterParts): DatabaseBackups {
  return {
    supportedObjects: () => supportedNow(parts),
    take: (order, signal) => take(parts, order, signal),
    planTake: (request) => planTake(parts, request),
    alter: (order, signal) => alter(parts, order, signal),
    planAlter: (request) => planAlter(parts, request),
    restore: (order, signal) => restore(parts, order, signal),
    planRestore: (request) => planRestore(parts, request),
    mustBeRestorable: (request) => mustBeRestorable(parts, request),
    drop: (order, signal) => drop(parts, order, signal),
    planDrop,
    verify: (order, signal) => verifySnapshots(parts, order, signal),
    discard: async (left) => {
      // What a restore leaves stands in the ranks, and what the others leave stands in the store.
      if (left.deed === "restore") await discardRestore(parts, left.jobId);
      else await discardSnapshots(parts, left);
    },
  };
}
