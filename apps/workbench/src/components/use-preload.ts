import { useEffect } from "react";

/** How long after the page the code of its windows may wait for an idle moment, in milliseconds. */
const PATIENCE_MS = 2000;

/** Loads the code of windows once the page stands, so that they open at once and also when the server has gone meanwhile. */
export function usePreload(imports: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    const load = () => {
      // What cannot be loaded now is tried again when it is needed, and said then.
      for (const preload of imports) preload().catch(() => undefined);
    };
    // Safari has no idle callback.
    if (!("requestIdleCallback" in window)) {
      const timer = setTimeout(load, PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    const id = requestIdleCallback(load, { timeout: PATIENCE_MS });
    return () => cancelIdleCallback(id);
  }, [imports]);
}
