import type { DatabaseBackupDeed, Evidence, Job } from "@snapdeck/contract/job";
import { formatBytes } from "../../format/bytes.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatCounted, formatRows } from "../../format/rows.ts";
import { percentOf, percentText } from "../../job-card/percent.ts";

/** What came of a job, or how far it is, in a few words. */
export function jobOutcome(job: Job): string {
  const { state } = job;
  switch (state.name) {
    case "queued":
      return "waits for its turn";
    case "running":
    case "canceling":
      return percentOf(job) === undefined ? state.phase : `${state.phase}, ${percentText(percentOf(job))}`;
    case "succeeded":
      return evidenceText(state.evidence);
    case "failed":
    case "interrupted":
      return state.problem.title;
    case "canceled":
      return `by ${state.canceledBy}`;
  }
}

/** How long a job worked, in words; undefined for one that has not begun or has not ended. */
export function tookText({ state }: Job): string | undefined {
  if (!("endedAt" in state) || state.startedAt === undefined) return undefined;
  return formatDuration(Math.max(0, Date.parse(state.endedAt) - Date.parse(state.startedAt)));
}

/** What a job that succeeded can show for itself. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case "backup":
      return `${formatBytes(evidence.sizeBytes)}, ${formatRows(evidence.rows)} rows, ${formatCounted(evidence.files, "file")}`;
    case "restore":
      return `${formatCounted(evidence.tables, "table")}, ${formatRows(evidence.rows)} rows; swapped in ${Math.round(evidence.swapMs)} ms`;
    case "delete-backup":
      return `${formatCounted(evidence.filesRemoved, "file")} removed`;
    case "verify-backup":
      return `${formatBytes(evidence.sizeBytes)} in ${formatCounted(evidence.files, "file")} read back${evidence.level === "L3" ? `; ${formatRows(evidence.rows)} rows restored, scanned and compared` : ""}`;
    case "undo-restore":
      return `the data of before is back; swapped in ${Math.round(evidence.swapMs)} ms`;
    case "keep-restored":
      return "the data of before was removed";
    case "check-store":
      return `nothing broken: ${formatCounted(evidence.backups, "backup")}, ${formatCounted(evidence.files, "file")}, ${formatCounted(evidence.invariants, "invariant")}`;
    case "database-backup":
      return databaseBackupText(evidence);
    case "suspend":
      return `${formatCounted(evidence.ranksStopped, "rank")} stopped`;
    case "resume":
      return `${formatCounted(evidence.ranksStarted, "rank")} started`;
    case "load-example-data":
      return `${formatCounted(evidence.tables, "table")}, ${formatRows(evidence.rows)} rows`;
  }
}

const DONE: Record<DatabaseBackupDeed, string> = {
  take: "taken",
  alter: "made",
  restore: "restored",
  drop: "dropped",
  verify: "verified",
};

function databaseBackupText(evidence: Extract<Evidence, { kind: "database-backup" }>): string {
  const { deed, backups, snapshotId, removed, objects, rows, files, sizeBytes, warning } = evidence;
  const what = deed === "drop" ? backups.join(", ") || "no backup" : snapshotId && `snapshot ${snapshotId}`;
  const held = deed === "take" || deed === "restore" || deed === "verify";
  const parts = [
    what && `${what} ${DONE[deed]}`,
    held && objects > 0 && `${formatCounted(objects, "object")}, ${formatRows(rows)} rows`,
    files > 0 && `${formatBytes(sizeBytes)} in ${formatCounted(files, "file")}`,
    removed > 0 && `${formatCounted(removed, "snapshot")} removed`,
    warning,
  ].filter((part) => typeof part === "string");
  return parts.length === 0 ? "the options were changed" : parts.join("; ");
}
