import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import type { DryRunRow } from "@snapdeck/core/snapshots/dry-run-rows";
import type { ClusterParts } from "../cluster-parts.ts";
export async function planTake(_parts: ClusterParts, _request: SnapshotRequest): Promise<DryRunRow[]> {
  return [];
}
