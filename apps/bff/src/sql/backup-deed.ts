import type { BackupSelector } from "@snapdeck/backup-sql/ast/backup-selector";
import type {
  AlterBackup,
  CreateBackup,
  RestoreBackup,
  TakeSnapshot,
} from "@snapdeck/backup-sql/ast/backup-statements";
import { printStatement } from "@snapdeck/backup-sql/print-statement";
import type { DatabaseBackupName, DatabaseBackupOptions } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type {
  AlterRequest,
  DropRequest,
  SnapshotRequest,
  SnapshotRestoreRequest,
  VerifySnapshotsRequest,
} from "@snapdeck/core/ports/database-backups";
import { defaultRenamedSchema } from "@snapdeck/core/snapshots/restore-request";
import type { BackupWorkStatement } from "./backup-work-statement.ts";
import { objectRefs } from "./object-refs.ts";
import { schemaNamed } from "./schema-named.ts";
import { backupNamed, selectBackups } from "./select-backups.ts";

/** What a statement asks of a cluster, with everything that it leaves out filled in. */
export type BackupDeed =
  | { readonly deed: "take"; readonly request: SnapshotRequest }
  | { readonly deed: "alter"; readonly request: AlterRequest }
  | { readonly deed: "restore"; readonly request: SnapshotRestoreRequest }
  | { readonly deed: "drop"; readonly request: DropRequest }
  | { readonly deed: "verify"; readonly request: VerifySnapshotsRequest };

/** The most of a COMMENT that is kept, in UTF-16 units. */
const MAX_COMMENT = 10_000;

/**
 * @param uuid of the job: names the schema for what RENAMED_OBJECTS_SCHEMA should take, where the statement names none
 * @param chosen the backups that a drop of several means, where they were chosen already
 * @throws {SnapdeckError} `bad-request`, `not-supported`, `store-unavailable`
 */
export async function deedOf(
  statement: BackupWorkStatement,
  store: DatabaseBackupStore,
  uuid: string,
  chosen?: readonly string[],
): Promise<BackupDeed> {
  switch (statement.kind) {
    case "create-backup":
      return { deed: "take", request: creation(statement, store) };
    case "take-snapshot":
      return { deed: "take", request: snapshot(statement, store) };
    case "alter-backup":
      return { deed: "alter", request: alteration(statement, store) };
    case "restore-backup":
      return { deed: "restore", request: restoration(statement, store, uuid) };
    case "drop-backup":
      return { deed: "drop", request: { store, backups: await toDrop(statement.backups, store, chosen) } };
    case "verify-backup": {
      const backups = (await selectBackups(store, statement.backups)).map(({ name }) => name);
      return { deed: "verify", request: { store, backups, snapshotId: statement.options.backupId } };
    }
  }
}

/** What is named or chosen goes even where its info has gone already: a drop that was interrupted is finished by that. */
async function toDrop(
  selector: BackupSelector,
  store: DatabaseBackupStore,
  chosen: readonly string[] | undefined,
): Promise<DatabaseBackupName[]> {
  if (selector.kind === "named") return [backupNamed(selector.name)];
  if (chosen === undefined) return (await selectBackups(store, selector)).map(({ name }) => name);
  const there = new Set(await store.files.folders());
  return chosen.filter((name) => there.has(name)).map(backupNamed);
}

function placeOf(name: string, store: DatabaseBackupStore): { store: DatabaseBackupStore; backup: DatabaseBackupName } {
  return { store, backup: backupNamed(name) };
}

function creation(statement: CreateBackup, store: DatabaseBackupStore): SnapshotRequest {
  const { options } = statement;
  mustNotFreeze(options);
  return {
    ...placeOf(statement.backup, store),
    type: "full",
    ddl: printStatement(statement),
    objects: objectRefs(statement.objects),
    options: { checksum: false, ddlOnly: false, ...settings(options) },
    recreate: options.recreate ?? false,
    comment: comment(options.comment),
  };
}

function snapshot(statement: TakeSnapshot, store: DatabaseBackupStore): SnapshotRequest {
  const { options } = statement;
  mustNotFreeze(options);
  const common = { ...placeOf(statement.backup, store), comment: comment(options.comment) };
  if (statement.type === "incremental") return { ...common, type: "incremental", options: settings(statement.options) };
  const { checksum, ddlOnly, deleteIntermediateBackups = false } = statement.options;
  return {
    ...common,
    type: "differential",
    options: settings({ checksum, ddlOnly }),
    deleteIntermediate: deleteIntermediateBackups,
  };
}

function alteration(statement: AlterBackup, store: DatabaseBackupStore): AlterRequest {
  const place = placeOf(statement.backup, store);
  switch (statement.action) {
    case "merge":
      return { ...place, action: "merge", comment: comment(statement.options.comment) };
    case "purge":
      return { ...place, action: "purge", snapshotId: statement.snapshotId };
    case "set":
      return { ...place, action: "set", options: settings(statement.settings) };
  }
}

function restoration(statement: RestoreBackup, store: DatabaseBackupStore, uuid: string): SnapshotRestoreRequest {
  const { options } = statement;
  mustHaveEffect(options);
  const targetSchemas = new Map<string, string>();
  for (const { from, to } of options.targetSchemaMap ?? []) {
    if (targetSchemas.has(from)) {
      throw new SnapdeckError("bad-request", `TARGET_SCHEMA_MAP names ${from} twice; nothing was changed`);
    }
    targetSchemas.set(from, schemaNamed(to));
  }
  return {
    ...placeOf(statement.backup, store),
    objects: objectRefs(statement.objects),
    policy: options.restorePolicy ?? "none",
    renamedObjectsSchema: schemaNamed(options.renamedObjectsSchema ?? defaultRenamedSchema(uuid)),
    createSchemas: options.createSchemaIfNotExist ?? true,
    ddlOnly: options.ddlOnly ?? false,
    targetSchemas,
    snapshotId: options.backupId,
    checksum: options.checksum ?? false,
  };
}

type Settings = {
  readonly checksum?: boolean | undefined;
  readonly ddlOnly?: boolean | undefined;
  readonly maxIncrementalBackupsToKeep?: number | undefined;
};

/** What was said, and nothing else. A cap of -1 is none, which takes back one that was set before. */
function settings({ checksum, ddlOnly, maxIncrementalBackupsToKeep: cap }: Settings): Partial<DatabaseBackupOptions> {
  return {
    ...(checksum === undefined ? {} : { checksum }),
    ...(ddlOnly === undefined ? {} : { ddlOnly }),
    ...(cap === undefined ? {} : { maxIncrementalBackupsToKeep: cap === -1 ? undefined : cap }),
  };
}

function comment(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_COMMENT) return text;
  throw new SnapdeckError("bad-request", `COMMENT has ${text.length} characters, and may have ${MAX_COMMENT}`);
}

/** What could only be passed over in silence is refused. */
function mustHaveEffect({ reingest, restoreAllPermissions, restoreSubscriptions }: RestoreBackup["options"]): void {
  const [given] = [
    ...(reingest === true ? ["REINGEST"] : []),
    ...(restoreAllPermissions === true ? ["RESTORE_ALL_PERMISSIONS"] : []),
    ...(restoreSubscriptions === "pause" || restoreSubscriptions === "cancel" ? ["RESTORE_SUBSCRIPTIONS"] : []),
  ];
  if (given === undefined) return;
  throw new SnapdeckError("not-supported", `${given} means nothing on this cluster; nothing was changed`, {
    hint: "Leave it out: rows come back as files, and there are no subscriptions and no permissions of single objects.",
  });
}

function mustNotFreeze({ blockTableMutations }: { readonly blockTableMutations?: boolean }): void {
  if (blockTableMutations !== true) return;
  throw new SnapdeckError("not-supported", "this cluster cannot block changes to tables; nothing was changed", {
    hint: "Leave BLOCK_TABLE_MUTATIONS out: each table is captured as it is at one moment.",
  });
}
