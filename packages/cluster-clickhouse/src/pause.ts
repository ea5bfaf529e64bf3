import { setTimeout as delay } from "node:timers/promises";

/** Waits, and no longer than until `signal` aborts. Never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
