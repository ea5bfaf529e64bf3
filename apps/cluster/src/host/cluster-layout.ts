import { join } from "node:path";

/** The directories that a swap exchanges for one rank. */
export type SwapDirectories = { live: string; incoming: string; outgoing: string };

/** Which way a swap goes: the restored data `in`, or the data from before `back`. */
export type SwapDirection = "in" | "back";

export function liveDirectory(clusterDir: string, rank: number): string {
  return join(clusterDir, `rank-${rank}`);
}

/** Where a restore builds its data, and where an undo puts it out of the way. */
export function restoreDirectory(clusterDir: string, rank: number, operationId: string): string {
  return join(clusterDir, `rank-${rank}.restore-${operationId}`);
}

/** The data from before a restore. */
export function previousDirectory(clusterDir: string, rank: number, operationId: string): string {
  return join(clusterDir, `rank-${rank}.previous-${operationId}`);
}

/** Where a trial builds its data, which is never swapped in. */
export function trialDirectory(clusterDir: string, rank: number, operationId: string): string {
  return join(clusterDir, `rank-${rank}.trial-${operationId}`);
}

/** The name of a directory that {@link trialDirectory} made, and no other. */
export const TRIAL_DIRECTORY_NAME = /^rank-\d+\.trial-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A swap and its undo are the same steps with the two sides exchanged. */
export function swapDirectories(
  clusterDir: string,
  rank: number,
  swap: { operationId: string; direction: SwapDirection },
): SwapDirectories {
  const live = liveDirectory(clusterDir, rank);
  const restored = restoreDirectory(clusterDir, rank, swap.operationId);
  const previous = previousDirectory(clusterDir, rank, swap.operationId);
  return swap.direction === "in"
    ? { live, incoming: restored, outgoing: previous }
    : { live, incoming: previous, outgoing: restored };
}
