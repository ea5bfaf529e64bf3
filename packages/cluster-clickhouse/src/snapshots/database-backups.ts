import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { ClusterParts } from "../cluster-parts.ts";
import { planRestore, restore } from "./restore.ts";
import { supportedTypes } from "./supported-objects.ts";
import { take } from "./take.ts";
import { planTake } from "./take-dry-run.ts";

/** Database backups of a cluster of ClickHouse engines. */
export function databaseBackupsOf(parts: ClusterParts): DatabaseBackups {
  return {
    objectTypes: async () => supportedTypes(parts),
    take: (order, signal) => take(parts, order, signal),
    planTake: (request) => planTake(parts, request),
    alter: () => notYet("ALTER BACKUP"),
    planAlter: async () => notYet("ALTER BACKUP"),
    restore: (order, signal) => restore(parts, order, signal),
    planRestore: (request) => planRestore(parts, request),
    drop: () => notYet("DROP BACKUP"),
    planDrop: async () => notYet("DROP BACKUP"),
    verify: () => notYet("VERIFY BACKUP"),
    discard: async () => notYet("discarding unfinished work"),
  };
}

function notYet(what: string): never {
  throw new SnapdeckError("not-supported", `this cluster does not support ${what}`);
}
