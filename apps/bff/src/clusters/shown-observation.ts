import type { ClusterObservation } from "@snapdeck/core/ports/cluster";

/** The last answer of the cluster itself, and how old it is in milliseconds. */
export type LastAnswer = { readonly observation: ClusterObservation; readonly ageMs: number };

/**
 * What is shown of a cluster that was just observed. One that does not answer is shown as it was until its last answer is older than
 * `deadlineMs`, so that a hiccup alarms nobody; after that it is unreachable, with the ranks it had, none of which can be vouched for.
 */
export function shownObservation(
  observed: ClusterObservation,
  last: LastAnswer | undefined,
  deadlineMs: number,
): ClusterObservation {
  if (observed.state !== "unreachable" || last === undefined) return observed;
  if (last.ageMs < deadlineMs) return last.observation;
  return {
    ...last.observation,
    state: "unreachable",
    ...(observed.detail === undefined ? {} : { detail: observed.detail }),
    ranks: last.observation.ranks.map((rank) => ({ ...rank, state: "unknown" })),
  };
}

/** Free space moves all the time; only steps of this many bytes are worth telling. */
const SPACE_STEP_BYTES = 64 * 1024 * 1024;

/** Two observations with the same text look the same to a person. */
export function looksOf({ engine, state, detail, ranks, store, previousData }: ClusterObservation): string {
  return JSON.stringify([
    engine,
    state,
    detail,
    ranks.map(({ diskFreeBytes, ...rank }) => [rank, stepOf(diskFreeBytes)]),
    store?.name,
    stepOf(store?.freeBytes),
    previousData,
  ]);
}

function stepOf(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round(bytes / SPACE_STEP_BYTES);
}
