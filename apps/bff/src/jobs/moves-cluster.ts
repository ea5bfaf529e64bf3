import type { JobKind } from "@snapdeck/contract/job";

/** Work that changes the state of the cluster: it is observed faster meanwhile. */
export const MOVES_CLUSTER: ReadonlySet<JobKind> = new Set(["suspend", "resume", "restore", "undo-restore"]);
