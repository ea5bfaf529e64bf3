import { formatDuration } from "./duration.ts";

/** "about 12 s", or "calculating…" while it cannot be told honestly. */
export function formatEta(etaMs: number | undefined): string {
  if (etaMs === undefined) return "calculating…";
  // Tenths of a second would pretend to know.
  return `about ${formatDuration(Math.max(1000, Math.ceil(etaMs / 1000) * 1000)).replace(/\.0 s$/, " s")}`;
}
