import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "../cluster-parts.ts";
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
  const { files } = order.store;
  const inFull = planFolders(order, intent).filter(({ base }) => base === undefined);
  const plannedBytes = inFull.reduce((sum, plan) => sum + plan.plannedBytes, 0);
  // A tenth more, because tables grow while they are copied.
  const neededBytes = Math.ceil(plannedBytes * 1.1) + parts.settings.floorBytes;
  const space = await files.space();
  if (space === undefined || space.freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the snapshot needs ${neededBytes} bytes and the store ${files.name} has ${space.freeBytes}; nothing was written`,
    { hint: "Free some space, or purge or drop something, then try again." },
  );
}

/**
 * On a full disk the engine stumbles over its own short files and blames whatever it sees: what is true is said instead, while the disk is
 * still full.
 */
export async function asDiskFull(
  parts: ClusterParts,
  { store }: Pick<TakeOrder, "store">,
  thrown: unknown,
): Promise<unknown> {
  if (!(thrown instanceof SnapdeckError) || (thrown.code !== "engine-failed" && thrown.code !== "proof-failed"))
    return thrown;
  const space = await store.files.space().catch(() => undefined);
  if (space === undefined || space.freeBytes >= parts.settings.floorBytes) return thrown;
  return new SnapdeckError(
    "disk-full",
    `the store ${store.files.name} ran full (${space.freeBytes} bytes left) while the snapshot was written; it is not listed, and what it had written is removed`,
    { hint: "Free some space, or purge or drop something, then try again.", cause: thrown },
  );
}
