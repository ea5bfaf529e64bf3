import type { Cluster } from "@snapdeck/contract/cluster";
import { momentName } from "../../job-card/moment-name.ts";

/** That a restore ends the way back from the one before it; empty where there is none. `timeZone`: the reader's own when absent. */
export function previousDataWarning({ previousData }: Cluster, nowMs: number, timeZone?: string): string[] {
  if (previousData === undefined) return [];
  return [
    `The restore of ${momentName(previousData.swappedAt, nowMs, timeZone)} can then no longer be undone: the data from before it gives way to what the cluster holds now.`,
  ];
}
