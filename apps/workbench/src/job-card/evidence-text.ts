import type { DatabaseBackupDeed, Evidence } from "@snapdeck/contract/job";
import { formatBytes } from "../format/bytes.ts";
import { formatCounted, formatRows } from "../format/rows.ts";

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
  return parts.length > 0 ? parts.join("; ") : deed === "alter" ? "the options were changed" : "nothing was left to do";
}
