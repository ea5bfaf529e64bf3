import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";

/** Where the files of a database backup stand, relative to the store's root. */
export const INFO_FILE = "ki_backup_info.json";

export function infoPath(name: DatabaseBackupName): string {
  return `${name}/${INFO_FILE}`;
}

export function definitionsPath(name: DatabaseBackupName): string {
  return `${name}/${name}.mdb`;
}

export function contentPath(name: DatabaseBackupName, id: number): string {
  return `${name}/${id}/${id}.mdb`;
}

export function metadataPath(name: DatabaseBackupName, id: number, folder: string): string {
  return `${name}/${id}/${folder}/.backup`;
}
