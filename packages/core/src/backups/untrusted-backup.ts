import type { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/**
 * The refusal of a backup whose manifest this console's key does not vouch for.
 * @param why as the rest of a sentence about its manifest
 */
export function untrustedBackup(backupId: BackupId, why: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError("backup-unusable", `backup ${backupId} cannot be trusted: ${why}; nothing was changed`, {
    hint: "If this console was set up anew, put the folder of its former keys back; otherwise find out who wrote to the store, and choose another backup.",
    cause,
  });
}
