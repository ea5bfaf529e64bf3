import type { Job, JobPhase } from "@snapdeck/contract/job";

/**
 * How much of a job is done, 0 to 100 and whole, or undefined while it cannot be told. Rounded down, so that 100 is said only
 * when nothing is left. Counted in bytes where the job moves bytes, else in files.
 */
export function percentOf(job: Job): number | undefined {
  if (job.state.name === "succeeded") return 100;
  const progress = job.progress;
  if (progress === undefined) return undefined;
  if (progress.bytesTotal > 0) return shareOf(progress.bytesDone, progress.bytesTotal);
  // A backup counts files before it knows its bytes; jumping from one measure to the other would make the bar go back.
  if (movesBytes(job)) return undefined;
  return progress.filesTotal > 0 ? shareOf(progress.filesDone, progress.filesTotal) : undefined;
}

/** How much of a total is done, 0 to 100 and whole; undefined while the total is not known. */
export function shareOf(done: number, total: number): number | undefined {
  if (total <= 0) return undefined;
  return Math.min(100, Math.floor((done * 100) / total));
}

/** "62 %", or a dash while it cannot be told. */
export function percentText(percent: number | undefined): string {
  return percent === undefined ? "–" : `${percent} %`;
}

/** Whether the job's progress is a matter of bytes: it then has a speed and an end in sight. */
export function movesBytes({ work }: Job): boolean {
  return (
    movesData({ work }) ||
    work.kind === "verify-backup" ||
    (work.kind === "check-store" && work.bytes) ||
    (work.kind === "database-backup" && work.deed === "verify")
  );
}

/** Whether it moves the cluster's data, rank by rank: what people wait for, and watch with a bar for each rank and a chart. */
export function movesData({ work }: Pick<Job, "work">): boolean {
  const act = work.kind === "database-backup" ? work.deed : work.kind;
  return act === "backup" || act === "take" || act === "restore";
}

const MOVING: ReadonlySet<JobPhase> = new Set<JobPhase>(["copying", "restoring", "reading", "checking"]);

/** Whether the job is in the step that moves its bytes; before and after it, speed and end are not told by what was moved. */
export function isMoving(job: Job): boolean {
  return job.state.name === "running" && MOVING.has(job.state.phase);
}
