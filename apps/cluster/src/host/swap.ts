import { lstatSync, renameSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { z } from "zod";
import { type SwapDirection, swapDirectories } from "./cluster-layout.ts";
import { readOwnFile, removeDurably, syncDirectory, writeDurably } from "./durable-file.ts";
import { nextSwapStep, type SwapScene } from "./swap-step.ts";

/**
 * The decision to swap, in `swap.json`. Before it is on disk nothing is exchanged; from then on the swap is carried through
 * for all ranks, by this process or by the next one. It goes away after `cluster.json` knows the outcome.
 */
export const SwapMarker = z.strictObject({
  version: z.literal(1),
  operationId: z.uuid(),
  direction: z.enum(["in", "back"]),
  ranks: z.int().min(1),
});
export type SwapMarker = z.infer<typeof SwapMarker>;

function markerPath(clusterDir: string): string {
  return join(clusterDir, "swap.json");
}

/** The swap that was decided and not ended; undefined when there is none. Throws when the file is damaged. */
export async function readSwapMarker(clusterDir: string): Promise<SwapMarker | undefined> {
  const text = await readOwnFile(markerPath(clusterDir));
  return text === undefined ? undefined : SwapMarker.parse(JSON.parse(text));
}

export async function removeSwapMarker(clusterDir: string): Promise<void> {
  await removeDurably(markerPath(clusterDir));
}

/** What is there for each rank. A link or a file in the place of a directory throws: we never made one. */
function sceneOf(clusterDir: string, rank: number, marker: SwapMarker): SwapScene {
  const { live, incoming, outgoing } = swapDirectories(clusterDir, rank, marker);
  return { live: isDirectory(live), incoming: isDirectory(incoming), outgoing: isDirectory(outgoing) };
}

function isDirectory(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) throw new Error(`${path} is not a directory`);
  return stats !== undefined;
}

function rankNumbers(marker: SwapMarker): number[] {
  return Array.from({ length: marker.ranks }, (_, rank) => rank);
}

/** Names a failpoint: `swap.` on the way in, `undo.` on the way back. */
function point(direction: SwapDirection, name: string): Promise<void> {
  return failpoint(`${direction === "in" ? "swap" : "undo"}.${name}`);
}

/**
 * Writes the decision down. Throws, having changed nothing, unless every rank has its live and its incoming directory and
 * nothing stands where the live one goes.
 */
export async function decideSwap(clusterDir: string, marker: SwapMarker): Promise<void> {
  for (const rank of rankNumbers(marker)) {
    const scene = sceneOf(clusterDir, rank, marker);
    if (nextSwapStep(scene) !== "move-live-aside") {
      throw new Error(`the directories of rank ${rank} are not as a swap needs them (${JSON.stringify(scene)})`);
    }
  }
  await point(marker.direction, "beforeMarker");
  await writeDurably(markerPath(clusterDir), `${JSON.stringify(marker)}\n`);
  await point(marker.direction, "afterMarker");
}

/**
 * Carries a decided swap through, from wherever it stands, and answers how many milliseconds it took. Every rank is looked at
 * before any is touched. Throws, leaving the marker, when directories are missing or a rename is refused.
 */
export async function carrySwapThrough(clusterDir: string, marker: SwapMarker): Promise<number> {
  const startedAt = performance.now();
  for (const rank of rankNumbers(marker)) {
    const scene = sceneOf(clusterDir, rank, marker);
    if (nextSwapStep(scene) === "lost") {
      throw new Error(`the directories of rank ${rank} are not as a swap leaves them (${JSON.stringify(scene)})`);
    }
  }
  for (const rank of rankNumbers(marker)) {
    const { live, incoming, outgoing } = swapDirectories(clusterDir, rank, marker);
    if (nextSwapStep(sceneOf(clusterDir, rank, marker)) === "move-live-aside") {
      renameSync(live, outgoing);
      await point(marker.direction, `rank${rank}.afterLiveAside`);
    }
    if (nextSwapStep(sceneOf(clusterDir, rank, marker)) === "bring-incoming-in") {
      renameSync(incoming, live);
      await point(marker.direction, `rank${rank}.afterIncomingIn`);
    }
  }
  await point(marker.direction, "afterRenames");
  await syncDirectory(clusterDir);
  await point(marker.direction, "afterParentSync");
  return performance.now() - startedAt;
}
