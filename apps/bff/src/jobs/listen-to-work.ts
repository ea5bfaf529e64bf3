import type { JobPhase, RankProgress } from "@snapdeck/contract/job";
import type { Work, WorkReport } from "@snapdeck/core/ports/cluster";

export type LastReport = Extract<WorkReport, { type: "confirmed" | "stopped" | "lost" }>;

export type WorkListener = {
  /** Called with each report, before it is dealt with. */
  readonly heard: () => void;
  /** From then on the work is another process's. */
  readonly isLost: () => boolean;
  readonly entered: (phase: JobPhase) => Promise<void>;
  readonly progressed: (ranks: readonly RankProgress[]) => void;
};

/** Runs the work to its last report. Never ends once the work is another process's. */
export async function listenToWork(work: Work, listener: WorkListener): Promise<LastReport> {
  for await (const report of work) {
    listener.heard();
    // Not a `return`: that would run the adapter's clean-up over work that another process goes on with.
    if (listener.isLost()) await new Promise<never>(() => undefined);
    switch (report.type) {
      case "phase":
        await listener.entered(report.phase);
        break;
      case "progress":
        listener.progressed(report.ranks);
        break;
      case "moving":
        break;
      case "confirmed":
      case "stopped":
      case "lost":
        return report;
    }
  }
  throw new Error("the work ended without a last report");
}
