import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";

/** What is thrown when a place holds no backup of that name. */
export function noSuchBackup({ store, backup }: BackupPlace): SnapdeckError {
  return new SnapdeckError(
    "backup-not-found",
    `there is no backup ${backup} in ${store.files.name}; nothing was changed`,
    { hint: "SHOW BACKUP * shows those that there are; CREATE BACKUP makes one." },
  );
}
