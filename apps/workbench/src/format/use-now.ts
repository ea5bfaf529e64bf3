import { useSyncExternalStore } from "react";

/** One timer for every clock on the page, so that they all tick together and a page without clocks has none. */
const TICK_MS = 500;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** What `read` says, looked at twice a second; renders again only when that has changed. `read` answers a primitive. */
export function useTicking<T extends string | number | boolean>(read: () => T): T {
  return useSyncExternalStore(subscribe, read);
}

/** The time in milliseconds, rounded down to `stepMs`; renders again only when that changes. Default 1 000. */
export function useNow(stepMs = 1000): number {
  return useTicking(() => Math.floor(Date.now() / stepMs) * stepMs);
}
