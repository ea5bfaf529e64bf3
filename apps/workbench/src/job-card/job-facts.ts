import type { Job, JobKind } from "@snapdeck/contract/job";
import { formatBytes, formatBytesOf } from "../format/bytes.ts";
import { formatEta } from "../format/eta.ts";
import { formatRate } from "../format/rate.ts";
import { formatCount } from "../format/rows.ts";
import { isMoving, movesBytes, percentOf, percentText } from "./percent.ts";

/** One number of a job's card with its name. Which facts a card has depends on the kind of job only, so that none comes or goes. */
export type JobFact = { readonly name: string; readonly value: string };

const UNKNOWN = "–";
/** Kinds that may be counted in files where they move no bytes. */
const COUNTS_FILES: ReadonlySet<JobKind> = new Set<JobKind>(["delete-backup", "check-store", "database-backup"]);

/** The numbers of a job under way or stopped; a dash where a number is not known. Empty for work that has none. */
export function jobFacts(job: Job): JobFact[] {
  const files = { name: "Files", value: filesText(job) };
  const countsFiles = COUNTS_FILES.has(job.work.kind);
  if (!movesBytes(job)) return countsFiles ? [{ name: "Done", value: percentText(percentOf(job)) }, files] : [];
  return [
    { name: "Done", value: percentText(percentOf(job)) },
    { name: "Bytes", value: bytesText(job) },
    ...(job.work.kind === "restore" ? [] : [files]),
    { name: "Speed", value: isMoving(job) ? formatRate(job.progress?.bytesPerSecond) : UNKNOWN },
    { name: "Time left", value: timeLeftText(job) },
  ];
}

/** "62 %, 1.4 of 2.2 GB": what a bar says to a screen reader. */
export function progressText(job: Job): string {
  const percent = percentOf(job);
  if (percent === undefined) return "not known yet";
  return movesBytes(job) ? `${percentText(percent)}, ${bytesText(job)}` : percentText(percent);
}

function timeLeftText(job: Job): string {
  if (isMoving(job)) return formatEta(job.progress?.etaMs);
  return job.state.name === "running" && job.state.phase === "preparing" ? formatEta(undefined) : UNKNOWN;
}

function bytesText(job: Job): string {
  const progress = job.progress;
  if (progress === undefined) return UNKNOWN;
  if (progress.bytesTotal > 0) return formatBytesOf(progress.bytesDone, progress.bytesTotal);
  return progress.bytesDone > 0 ? formatBytes(progress.bytesDone) : UNKNOWN;
}

function filesText(job: Job): string {
  const progress = job.progress;
  if (progress === undefined || progress.filesTotal === 0) return UNKNOWN;
  return `${formatCount(progress.filesDone)} of ${formatCount(progress.filesTotal)}`;
}
