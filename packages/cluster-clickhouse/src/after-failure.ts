import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";

/**
 * Clears away what work left that failed with `thrown`, and answers what `clear` does. Answers undefined when another process
 * holds the lock by now, which may go on with just that, and when it cannot be cleared away: the failure itself is what matters,
 * and the rest is removed when the job is discarded.
 */
export async function clearAfter<T>(
  thrown: unknown,
  order: Pick<WorkOrder, "checkFence">,
  clear: () => Promise<T>,
): Promise<T | undefined> {
  if (thrown instanceof SnapdeckError && thrown.code === "lock-lost") return undefined;
  try {
    await order.checkFence();
    return await clear();
  } catch {
    return undefined;
  }
}
