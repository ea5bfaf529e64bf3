import type { JobWork } from "@snapdeck/contract/job";

type DatabaseBackupWork = Extract<JobWork, { kind: "database-backup" }>;

/** Names the job of a statement by what it does: "Take a differential snapshot of sales", "Merge the snapshots of sales". */
export function databaseBackupTitle({ deed, backup, sql }: DatabaseBackupWork): string {
  // The printed form, whose words are in capitals; what stands in quotes is not the statement's.
  const words = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "''");
  switch (deed) {
    case "take": {
      if (words.startsWith("CREATE")) return `Create the backup ${backup}`;
      // Incremental unless it says otherwise, as the printed form does.
      return /^BACKUP .*?\bTYPE = 'differential'/.test(sql)
        ? `Take a differential snapshot of ${backup}`
        : `Take an incremental snapshot of ${backup}`;
    }
    case "alter": {
      const purged = /\bPURGE (\d+)/.exec(words)?.[1];
      if (purged !== undefined) return `Purge snapshot ${purged} of ${backup}`;
      return /\bMERGE\b/.test(words) ? `Merge the snapshots of ${backup}` : `Change the options of ${backup}`;
    }
    case "restore":
      return `Restore objects from ${backup}`;
    case "drop":
      return `Drop ${subject(backup)}`;
    case "verify":
      return `Verify ${subject(backup)}`;
  }
}

/** `backup` may be a pattern. */
function subject(backup: string): string {
  if (backup === "*") return "all backups";
  return backup.endsWith("*") ? `the backups ${backup}` : `the backup ${backup}`;
}
