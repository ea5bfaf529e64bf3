import type { DropRequest } from "@snapdeck/core/ports/database-backups";
import { type DryRunRow, planRows } from "@snapdeck/core/snapshots/dry-run-rows";
import { planDrop as planOne } from "@snapdeck/core/snapshots/plan-drop";
import { readAny } from "./drop.ts";
import { noSuchBackup } from "./no-such-backup.ts";

/** Each backup that a drop would remove, and its snapshots. @throws {SnapdeckError} `backup-not-found`, `store-unavailable` */
export async function planDrop({ store, backups }: DropRequest): Promise<DryRunRow[]> {
  const rows: DryRunRow[] = [];
  for (const backup of backups) {
    const folders = await store.files.folders(backup);
    const read = await readAny(store, backup);
    const info = read === "unreadable" ? undefined : read;
    if (info === undefined && !(await store.files.folders()).includes(backup)) throw noSuchBackup({ store, backup });
    const snapshots = info?.snapshots ?? [];
    const sizeBytes = snapshots.reduce((sum, { kept }) => sum + kept.sizeBytes, 0);
    for (const row of planRows(planOne(info, folders), snapshots)) {
      rows.push(
        row.action === "remove backup"
          ? { ...row, subject: backup, rows: snapshots.at(-1)?.rows ?? 0, sizeBytes }
          : { ...row, subject: `${row.subject} of ${backup}` },
      );
    }
  }
  return rows;
}
