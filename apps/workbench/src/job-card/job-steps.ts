import { type Job, type JobPhase, phasesOf } from "@snapdeck/contract/job";

/** One step of a job as its card shows it. `stopped`: the job ended there without finishing it. */
export type JobStep = {
  readonly phase: JobPhase;
  readonly standing: "done" | "current" | "stopped" | "ahead";
};

/** The steps of a job in order, each with where the job stands in it. */
export function stepsOf(job: Job): JobStep[] {
  const phases = stepsOfWork(job);
  const at = positionOf(job, phases);
  return phases.map((phase, index) => ({ phase, standing: standingOf(job, index, at) }));
}

/** "Step 2 of 4: copying", for a screen reader and for a narrow card. */
export function stepText(job: Job): string {
  const steps = stepsOf(job);
  const index = steps.findIndex((step) => step.standing === "current" || step.standing === "stopped");
  const step = steps[index];
  if (step === undefined) return job.state.name === "succeeded" ? "All steps done" : "Not started";
  const where = steps.length === 1 ? step.phase : `step ${index + 1} of ${steps.length}: ${step.phase}`;
  return step.standing === "stopped" ? `Stopped at ${where}` : capitalized(where);
}

/** A proof that only reads has no throw-away rank to restore into. */
function stepsOfWork({ work }: Job): readonly JobPhase[] {
  return work.kind === "verify-backup" && work.level === "L2" ? ["reading"] : phasesOf(work);
}

function positionOf(job: Job, phases: readonly JobPhase[]): number {
  const { state } = job;
  switch (state.name) {
    case "queued":
    case "canceled":
      return -1;
    case "succeeded":
      return phases.length;
    case "running":
    case "canceling":
      return phases.indexOf(state.phase);
    case "failed":
    case "interrupted":
      return state.phase === undefined ? -1 : phases.indexOf(state.phase);
  }
}

function standingOf(job: Job, index: number, at: number): JobStep["standing"] {
  if (index < at) return "done";
  if (index > at) return "ahead";
  return job.state.name === "failed" || job.state.name === "interrupted" ? "stopped" : "current";
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
