import type { Cluster, ClusterState } from "@snapdeck/contract/cluster";
import type { Tone } from "./tone.ts";

/** The word and the tone of each state of a cluster. */
const LOOKS: Record<ClusterState, { readonly word: string; readonly tone: Tone }> = {
  running: { word: "Running", tone: "running" },
  suspending: { word: "Suspending", tone: "working" },
  suspended: { word: "Suspended", tone: "suspended" },
  resuming: { word: "Resuming", tone: "working" },
  restoring: { word: "Restoring", tone: "working" },
  unreachable: { word: "Unreachable", tone: "failed" },
};

export function clusterStateLook(state: ClusterState): { word: string; tone: Tone } {
  return LOOKS[state];
}

/** The word and the tone of each state of a rank. */
const RANK_LOOKS: Record<Cluster["ranks"][number]["state"], { readonly word: string; readonly tone: Tone }> = {
  starting: { word: "Starting", tone: "working" },
  up: { word: "Up", tone: "running" },
  draining: { word: "Draining", tone: "working" },
  stopping: { word: "Stopping", tone: "working" },
  down: { word: "Down", tone: "suspended" },
  lost: { word: "Lost", tone: "failed" },
  unknown: { word: "Unknown", tone: "unknown" },
};

export function rankStateLook(state: Cluster["ranks"][number]["state"]): { word: string; tone: Tone } {
  return RANK_LOOKS[state];
}
