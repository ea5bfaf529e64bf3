/** Which of the directories of one rank exist. */
export type SwapScene = { live: boolean; incoming: boolean; outgoing: boolean };

/** What a swap does next for one rank. `lost`: the directories are not what any step of a swap leaves. */
export type SwapStep = "move-live-aside" | "bring-incoming-in" | "done" | "lost";

/**
 * The next step, from what is there alone: the two renames change the scene in a way that tells them apart, so that a swap
 * that was cut off anywhere is carried on without any note of how far it came.
 */
export function nextSwapStep({ live, incoming, outgoing }: SwapScene): SwapStep {
  if (live && incoming && !outgoing) return "move-live-aside";
  if (!live && incoming && outgoing) return "bring-incoming-in";
  if (live && !incoming && outgoing) return "done";
  return "lost";
}
