import type { BackupSelector } from "@snapdeck/backup-sql/ast/backup-selector";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore, ListedDatabaseBackup } from "@snapdeck/core/ports/database-backup-store";

/** So much of a name that is none is repeated. */
const SHOWN_NAME = 60;

/** @throws {SnapdeckError} `bad-request` saying which names there can be */
export function backupNamed(name: string): DatabaseBackupName {
  const parsed = DatabaseBackupName.safeParse(name);
  if (parsed.success) return parsed.data;
  const shown = JSON.stringify(name.length > SHOWN_NAME ? `${name.slice(0, SHOWN_NAME)}...` : name);
  throw new SnapdeckError("bad-request", `${shown} cannot name a backup; nothing was changed`, {
    hint: "A name has 1 to 200 letters, digits, _ and -, and does not begin with -.",
  });
}

/** The selector as it is written, without quotes. */
export function selectorWords(selector: BackupSelector): string {
  switch (selector.kind) {
    case "all":
      return "*";
    case "named":
      return selector.name;
    case "prefixed":
      return `${selector.prefix}*`;
  }
}

/**
 * The backups of the store that a selector means, by name; one that cannot be read is among them. For a single name: that one or none.
 * @throws {SnapdeckError} `bad-request`, `store-unavailable`
 */
export async function selectBackups(
  store: DatabaseBackupStore,
  selector: BackupSelector,
): Promise<ListedDatabaseBackup[]> {
  switch (selector.kind) {
    case "all":
      return store.list();
    case "prefixed":
      return (await store.list()).filter(({ name }) => name.startsWith(selector.prefix));
    case "named": {
      const found = await readListed(store, backupNamed(selector.name));
      return found === undefined ? [] : [found];
    }
  }
}

async function readListed(
  store: DatabaseBackupStore,
  name: DatabaseBackupName,
): Promise<ListedDatabaseBackup | undefined> {
  try {
    const read = await store.read(name);
    return read === undefined ? undefined : { name, ...read };
  } catch (error) {
    if (error instanceof SnapdeckError && error.code === "backup-unusable") return { name, problem: error };
    throw error;
  }
}

export function noSuchDatabaseBackup(words: string): SnapdeckError {
  return new SnapdeckError("backup-not-found", `there is no backup ${words} in that store; nothing was changed`, {
    hint: "SHOW BACKUP * shows those that there are.",
  });
}
