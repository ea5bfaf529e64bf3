import type { DropBackup } from "@snapdeck/backup-sql/ast/backup-statements";
import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore, ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { BackupPlace, DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import { toMerge, toPurge } from "@snapdeck/core/snapshots/choose-removals";
import { notListed } from "@snapdeck/core/snapshots/lineage";
import { refuseUnsupported } from "@snapdeck/core/snapshots/supported-objects";
import type { BackupDeed } from "./backup-deed.ts";
import { noSuchDatabaseBackup, selectBackups, selectorWords } from "./select-backups.ts";

/**
 * What can be told at the request: that a job would fail for what stands in the store now. The work looks again under its lock.
 * @throws {SnapdeckError} `backup-exists`, `backup-not-found`, `backup-unusable`, `snapshot-not-found`, `full-not-purged`, `nothing-to-merge`,
 *   `not-supported`, `store-unavailable`
 */
export async function preflight(asked: BackupDeed, backups: DatabaseBackups): Promise<void> {
  switch (asked.deed) {
    case "take": {
      const { request } = asked;
      if (request.type !== "full") return void (await mustBeOurs(request));
      refuseUnsupported(request.objects, await backups.supportedObjects());
      if (request.recreate || (await request.store.read(request.backup)) === undefined) return;
      throw new SnapdeckError("backup-exists", `there is a backup ${request.backup} already; nothing was changed`, {
        hint: "Take a snapshot of it with BACKUP, or begin it anew with WITH OPTIONS (RECREATE = true).",
      });
    }
    case "alter": {
      const { request } = asked;
      const { info } = await mustBeOurs(request);
      if (request.action === "purge") toPurge(info, request.snapshotId);
      if (request.action === "merge") toMerge(info.snapshots);
      return;
    }
    case "restore": {
      const { request } = asked;
      refuseUnsupported(request.objects, await backups.supportedObjects());
      const { info } = await mustBeOurs(request);
      mustList(info.snapshots, request.snapshotId);
      return;
    }
    case "verify": {
      const { store, backups: names, snapshotId } = asked.request;
      if (names.length === 0) throw noSuchDatabaseBackup("of that name");
      if (snapshotId === undefined) return;
      const listed = await Promise.all(names.map((name) => store.read(name)));
      mustList(
        listed.flatMap((each) => each?.info.snapshots ?? []),
        snapshotId,
      );
      return;
    }
    case "drop":
      return;
  }
}

/**
 * Which backups a DROP would remove: none only where NO_ERROR_IF_NOT_EXISTS says so.
 * @throws {SnapdeckError} `backup-not-found`, `bad-request` where several would go and DELETE_ALL_BACKUPS does not say so
 */
export async function mustBeDroppable(
  { backups, options }: DropBackup,
  store: DatabaseBackupStore,
): Promise<DatabaseBackupName[]> {
  const names = (await selectBackups(store, backups)).map(({ name }) => name);
  const meansSeveral = backups.kind === "all" || names.length > 1;
  if (meansSeveral && options.deleteAllBackups !== true && options.dryRun !== true) {
    const many = names.length === 1 ? "1 backup" : `${names.length} backups`;
    throw new SnapdeckError("bad-request", `${selectorWords(backups)} means ${many}; nothing was removed`, {
      hint: "Say WITH OPTIONS (DELETE_ALL_BACKUPS = true) to remove them all, or DRY_RUN = true to see which they are.",
    });
  }
  if (names.length === 0 && options.noErrorIfNotExists !== true) throw noSuchDatabaseBackup(selectorWords(backups));
  return names;
}

async function mustBeOurs({ store, backup }: BackupPlace): Promise<ReadInfo> {
  const read = await store.read(backup);
  if (read === undefined) throw noSuchDatabaseBackup(backup);
  if (read.isSigned) return read;
  throw new SnapdeckError(
    "backup-unusable",
    `backup ${backup} was not signed by this console, so it can be looked at only; nothing was changed`,
    { hint: "Run the statement on the console that took it, or give this one the same sealing key." },
  );
}

function mustList(snapshots: readonly { readonly id: number }[], id: number | undefined): void {
  if (id !== undefined && !snapshots.some((snapshot) => snapshot.id === id)) throw notListed(id);
}
