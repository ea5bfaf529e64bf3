import type { JobPhase } from "@snapdeck/contract/job";
import type { FileStamp } from "@snapdeck/contract/snapshot-file";
import type { WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import { fencing } from "./finish-earlier.ts";
import { type Report, reporting, tellingMoves } from "./reporting.ts";

export type CarryingOut = {
  readonly place: BackupPlace;
  readonly order: Pick<WorkOrder, "checkFence">;
  readonly steps: readonly PlanStep[];
  /** What stands as info when it begins. */
  readonly standing: FileStamp | undefined;
  /** Whether nothing that was decided is undone by leaving right before that step. */
  readonly mayLeave: (step: PlanStep) => boolean;
  readonly prove?: (id: number, report: Report, signal: AbortSignal) => Promise<void>;
};

/** The work was asked to stop where it may be left. */
export class Left extends Error {}

/**
 * Carries out a plan and tells in which phase it is. Answers `left` when `signal` aborted before a step at which it may be left.
 * @throws {SnapdeckError} `store-changed`, `lock-lost`, `backup-unusable`, `store-unavailable`, `disk-full`, ...
 */
export async function* carryOutReporting(
  { place: { store, backup }, order, steps, standing, mayLeave, prove }: CarryingOut,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, "done" | "left"> {
  try {
    yield* reporting(async (report, left) => {
      const moved = tellingMoves(report);
      const enter = entering(report);
      const fence = fencing(order, moved);
      const onStep = async (step: PlanStep) => {
        if (left.aborted || (signal.aborted && mayLeave(step))) throw new Left();
        enter(step);
        await fence(step);
      };
      const proving = async (id: number) => prove?.(id, report, AbortSignal.any([signal, left]));
      await store.carryOut(backup, steps, standing, proving, onStep, moved);
    });
    return "done";
  } catch (thrown) {
    if (thrown instanceof Left) return "left";
    throw thrown;
  }
}

const ORDER = ["folding", "listing", "removing"] as const satisfies readonly JobPhase[];

/** Phases only go forward: what is published after a removal belongs to it. */
function entering(report: Report): (step: PlanStep) => void {
  let entered = -1;
  return (step) => {
    const at = ORDER.indexOf(phaseOf(step));
    if (at <= entered) return;
    entered = at;
    report({ type: "phase", phase: ORDER[at] ?? "removing" });
  };
}

function phaseOf(step: PlanStep): (typeof ORDER)[number] {
  switch (step.step) {
    case "compose":
    case "sync":
    case "write-metadata":
    case "write-content":
    case "prove":
      return "folding";
    case "publish-info":
      return step.info.work?.step === "folding" ? "folding" : "listing";
    case "write-definitions":
      return "listing";
    case "remove-snapshot":
    case "remove-file":
    case "remove-info":
    case "remove-definitions":
      return "removing";
  }
}
