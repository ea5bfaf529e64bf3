import { BackupId } from "@snapdeck/contract/scalars";

/** A name that sorts by time and reads as one: `20261122-143012-4f1c9a2be07d`. */
export function newBackupId(now: string, newId: () => string): BackupId {
  const [day = "", time = ""] = now.split("T");
  const unique = newId().replaceAll("-", "").slice(-12).toLowerCase();
  return BackupId.parse(`${day.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${unique}`);
}
