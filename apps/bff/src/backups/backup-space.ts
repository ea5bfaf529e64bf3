import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupEstimate } from "@snapdeck/core/ports/cluster";

/** A backup may grow while rows are written during it (I22). */
const GROWTH = 1.1;

/** What has to stay free in any case, in bytes: the manifest, the engine's logs and this server's state live there too. */
const FLOOR_BYTES = 64 * 1024 * 1024;

/** @throws {SnapdeckError} `disk-full` with the numbers, before anything is written; never for a store without a known end */
export function mustHaveRoomForBackup({ sizeBytes, freeBytes }: BackupEstimate): void {
  if (freeBytes === undefined) return;
  const neededBytes = Math.ceil(sizeBytes * GROWTH) + FLOOR_BYTES;
  if (freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `a backup may need ${words(neededBytes)} and the store has ${words(freeBytes)} free; nothing was written`,
    { hint: "Delete backups that are no longer needed, or make room where the store is." },
  );
}

/** @throws {SnapdeckError} `disk-full` with the numbers, before anything is written */
export function mustHaveRoomForRestore({ neededBytes, freeBytes }: { neededBytes: number; freeBytes: number }): void {
  if (freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the restore needs ${words(neededBytes)} beside the present data and there are ${words(freeBytes)} free; nothing was changed`,
    { hint: "Make room where the cluster's data is." },
  );
}

/** @throws {SnapdeckError} `disk-full` with the numbers, before anything is written */
export function mustHaveRoomForTrial({ neededBytes, freeBytes }: { neededBytes: number; freeBytes: number }): void {
  if (freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `restoring the backup into a throw-away rank needs ${words(neededBytes)} and there are ${words(freeBytes)} free where the cluster's data is; nothing was changed`,
    { hint: "Make room there, or verify at level L2, which only reads." },
  );
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

function words(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const number = bytes / 1024 ** power;
  return `${power === 0 ? number : number.toFixed(1)} ${UNITS[power]}`;
}
