import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";

/** Ids that were ever used in a backup, as far as anything tells: no path is used twice. */
export function usedIds(info: Pick<DatabaseBackupInfo, "snapshots" | "removed">, folders: readonly string[]): number[] {
  return [
    ...info.snapshots.flatMap(({ id, absorbed = [] }) => [id, ...absorbed]),
    ...info.removed.map(({ id }) => id),
    ...folders.map(Number).filter((id) => Number.isSafeInteger(id)),
  ];
}
