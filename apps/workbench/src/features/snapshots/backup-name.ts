import type { Backup } from "@snapdeck/contract/backup";
import { momentName } from "../../job-card/moment-name.ts";

/** A backup as people say it, after "the": "backup of today 13:52". */
export function backupName(backup: Pick<Backup, "takenAt">, nowMs: number): string {
  return `backup of ${momentName(backup.takenAt, nowMs)}`;
}
