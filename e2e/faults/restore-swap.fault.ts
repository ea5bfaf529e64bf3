import { faults, quickWith } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import { OldAndNew } from "./old-and-new.ts";

const data = new OldAndNew();

const INTERRUPTED = { ends: "interrupted", code: "interrupted" } as const;
const FAILED = { ends: "failed", code: "engine-failed" } as const;

/** All is restored, and the ranks remember it for as long as they live. */
const compared: Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "full", ...INTERRUPTED },
  { fault: "h", tier: "full", ends: "failed", code: ["engine-failed", "rank-lost"] },
  { fault: "P", tier: "full", ends: "succeeded" },
];

/** The host manager was told; whether it has decided yet is its matter. */
const told: Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "quick", ends: ["succeeded", "interrupted"], code: "interrupted" },
  { fault: "h", tier: "full", ends: ["succeeded", "failed"], code: "engine-failed" },
  { fault: "P", tier: "full", ends: "succeeded" },
];

/** The new data is live, and nobody has written that down yet. */
const swapped: Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

/** Nothing is decided, so the old data stays. */
const undecided: HostCrash[] = [
  { fault: "h", tier: "full", ...FAILED },
  { fault: "Z", tier: "full", ...INTERRUPTED },
  { fault: "k", tier: "full", ends: "succeeded" },
];

/** The marker is on disk, so the new data comes. */
const decided: HostCrash[] = [
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

faults(
  "R6: a swap that is cut off",
  // Two: a swap may be through on one and not on the other.
  { ready: data.ready, ranks: 2 },
  [
    ...crashesAt(
      { row: "R6", failpoint: "restore.afterScan", moment: "when all is compared" },
      quickWith(compared.slice(0, 2)),
      data.restore,
    ),
    ...crashesAt(
      { row: "R6", failpoint: "restore.beforeCommit", moment: "before the swap is asked for" },
      compared,
      data.restore,
    ),
    ...crashesAt(
      { row: "R6", failpoint: "restore.afterCommit", moment: "when the swap was asked for" },
      quickWith(told, "Z"),
      data.restore,
    ),
    ...crashesAt(
      { row: "R6", failpoint: "job.beforeSave", moment: "after the swap and before it is stored" },
      quickWith(swapped),
      data.restore,
    ),
    ...crashesAt(
      { row: "R6", failpoint: "job.afterSave", moment: "when it is stored and nobody was told" },
      quickWith(swapped.slice(0, 1)),
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "seal.beforeStop", moment: "before the maintenance ranks stop" },
      undecided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "seal.afterSync", moment: "when the new data is synced" },
      undecided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.beforeMarker", moment: "before the marker" },
      undecided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.afterMarker", moment: "when the marker is there and nothing has moved" },
      quickWith(decided, "h"),
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.rank0.afterLiveAside", moment: "when the first rank has no data" },
      quickWith(decided, "Z"),
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.rank0.afterIncomingIn", moment: "when the first rank is new and the second old" },
      quickWith(decided, "h"),
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.rank1.afterLiveAside", moment: "when the second rank has no data" },
      decided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.rank1.afterIncomingIn", moment: "when the second rank is new too" },
      decided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.afterRenames", moment: "after the renames and before their sync" },
      decided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.afterParentSync", moment: "when the renames are synced" },
      decided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.afterRecord", moment: "when the swap is recorded and the marker is there" },
      decided,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R6", failpoint: "swap.afterMarkerRemoved", moment: "when the marker is gone" },
      decided,
      data.restore,
    ),
  ].map(data.judged),
);
