import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { PlanStep } from "./plan-steps.ts";

/**
 * Removes a backup: what makes it exist first, so that a crash leaves no backup with missing files. Without an info it removes what an
 * interrupted drop or a creation that died left.
 * @param folders names of the folders right below the backup's; of those, only snapshots are touched
 */
export function planDrop(info: DatabaseBackupInfo | undefined, folders: readonly string[]): PlanStep[] {
  const ids = new Set([...(info?.snapshots.map(({ id }) => Number(id)) ?? []), ...snapshotFolders(folders)]);
  return [
    { step: "remove-info" },
    { step: "remove-definitions" },
    ...[...ids].sort((one, other) => other - one).map((id): PlanStep => ({ step: "remove-snapshot", id })),
  ];
}

function snapshotFolders(folders: readonly string[]): number[] {
  return folders.filter((name) => SNAPSHOT_FOLDER.test(name)).map(Number);
}

const SNAPSHOT_FOLDER = /^[1-9]\d{0,14}$/;
