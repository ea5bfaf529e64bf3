import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import type { ClusterParts } from "../cluster-parts.ts";
export type TakeOrder = SnapshotRequest & WorkOrder & { readonly requestedBy: string };
export async function* take(_parts: ClusterParts, _order: TakeOrder, _signal: AbortSignal): Work {
  yield { type: "stopped" };
}
