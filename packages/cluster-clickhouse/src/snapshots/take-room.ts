import type { ClusterParts } from "../cluster-parts.ts";
import { snapshotRoom } from "../store-room.ts";
import { planFolders, type TakeOrder } from "./take-attempt.ts";
import type { TakeIntent } from "./take-intent.ts";

/**
 * Refuses a snapshot that cannot fit. What is taken from a base is counted with nothing, for nobody knows before how much has changed;
 * while the ranks write, the room is watched all the same.
 * @throws {SnapdeckError} `disk-full`, `store-unavailable`
 */
export async function assertRoom(
  parts: ClusterParts,
  order: Pick<TakeOrder, "store" | "backup">,
  intent: TakeIntent,
): Promise<void> {
  const inFull = planFolders(order, intent).filter(({ base }) => base === undefined);
  const plannedBytes = inFull.reduce((sum, plan) => sum + plan.plannedBytes, 0);
  await snapshotRoom(parts, order.store.files).assertRoom(plannedBytes);
}
