import { PROOFS_FOLDER } from "@snapdeck/contract/proof";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";

/** Where a System Backup stands on the store: `/<cluster>/<backup>/manifest.json` and `.../a<attempt>-<suffix>/rank-<r>`. */
export function backupFolder(clusterId: ClusterId, backupId: BackupId): string {
  return `${clusterId}/${backupId}`;
}

export function manifestPath(clusterId: ClusterId, backupId: BackupId): string {
  return `${backupFolder(clusterId, backupId)}/manifest.json`;
}

export function proofsFolder(clusterId: ClusterId, backupId: BackupId): string {
  return `${backupFolder(clusterId, backupId)}/${PROOFS_FOLDER}`;
}

export function attemptName(attempt: number, suffix: string): string {
  return `a${attempt}-${suffix}`;
}

export function rankFolderName(attempt: string, rank: number): string {
  return `${attempt}/rank-${rank}`;
}

/** The engine's ids of a job's operations all begin with this, whichever attempt and rank. */
export function operationPrefix(jobId: string): string {
  return `snapdeck-${jobId}-`;
}

/** Names one operation for ever: the engine refuses a second of the same id, and one that is taken up is found by it. */
export function operationId(jobId: string, attempt: number, rank: number, step = "copy"): string {
  return `${operationPrefix(jobId)}a${attempt}-r${rank}-${step}`;
}
