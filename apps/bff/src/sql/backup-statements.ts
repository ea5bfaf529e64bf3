import type { DropBackup } from "@snapdeck/backup-sql/ast/backup-statements";
import type { Job } from "@snapdeck/contract/job";
import type { SqlRows } from "@snapdeck/contract/sql";
import type { Cluster } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { DryRunRow } from "@snapdeck/core/snapshots/dry-run-rows";
import type { Gatekeeper } from "../jobs/gatekeeper.ts";
import type { JobStarter } from "../jobs/job-starter.ts";
import type { Actor } from "../services.ts";
import { deedOf } from "./backup-deed.ts";
import {
  type BackupWorkStatement,
  connectionOf,
  type DatabaseBackupJobWork,
  isDryRun,
  workOfStatement,
} from "./backup-work-statement.ts";
import { mustBeDroppable, preflight } from "./preflight.ts";
import { plannedRows } from "./read-back.ts";
import { backupNamed, selectorWords } from "./select-backups.ts";
import { databaseBackupsOf } from "./statement-work.ts";
import type { StoreAccess } from "./store-access.ts";

export type BackupStatementsParts = {
  readonly stores: StoreAccess;
  readonly starter: JobStarter;
  readonly gatekeeper: Gatekeeper;
  readonly newId: () => string;
};

/** What became of a statement: a job that has begun, the rows of DRY_RUN, or nothing, and why. */
export type Begun =
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "rows"; readonly rows: SqlRows }
  | { readonly kind: "done"; readonly warning: string };

/** Statements about database backups that take time: looks whether they can be carried out, and begins their jobs. */
export class BackupStatements {
  readonly #parts: BackupStatementsParts;

  constructor(parts: BackupStatementsParts) {
    this.#parts = parts;
  }

  /** @throws {SnapdeckError} why it is refused; then nothing was begun */
  async begin(
    cluster: Cluster,
    statement: BackupWorkStatement,
    { actor, idempotencyKey }: { readonly actor: Actor; readonly idempotencyKey: string | undefined },
  ): Promise<Begun> {
    const { gatekeeper, starter, stores } = this.#parts;
    const backups = databaseBackupsOf(cluster);
    mustBeName(statement);
    const connection = connectionOf(statement);
    const inStore = <T>(look: (store: DatabaseBackupStore) => Promise<T>) =>
      stores.during(cluster.id, connection, look);
    if (isDryRun(statement)) {
      const planned = await inStore((store) => this.#plan(statement, store, backups));
      return { kind: "rows", rows: plannedRows(planned) };
    }
    const mayHaveNothing = statement.kind === "drop-backup" && statement.options.noErrorIfNotExists === true;
    if (mayHaveNothing && (await inStore((store) => mustBeDroppable(statement, store))).length === 0) {
      const words = selectorWords(statement.backups);
      return { kind: "done", warning: `there is no backup ${words} in that store; nothing was removed` };
    }
    const work = workOfStatement(statement);
    const order = { clusterId: cluster.id, work, actor, idempotencyKey };
    const job = await starter.start<DatabaseBackupJobWork>(order, async () => {
      await gatekeeper.mustAllow(cluster.id, "databaseBackup", actor.role, { deed: work.deed });
      if (statement.kind !== "drop-backup") {
        await inStore((store) => this.#mustBePossible(statement, store, backups));
        return undefined;
      }
      const names = await inStore((store) => mustBeDroppable(statement, store));
      return statement.backups.kind === "named" ? undefined : { ...work, backups: names };
    });
    return { kind: "job", job };
  }

  async #mustBePossible(
    statement: Exclude<BackupWorkStatement, DropBackup>,
    store: DatabaseBackupStore,
    backups: DatabaseBackups,
  ): Promise<void> {
    const asked = await deedOf(statement, store, this.#parts.newId());
    await preflight(asked, backups);
    if (asked.deed === "restore") await backups.mustBeRestorable(asked.request);
  }

  async #plan(
    statement: BackupWorkStatement,
    store: DatabaseBackupStore,
    backups: DatabaseBackups,
  ): Promise<DryRunRow[]> {
    if (statement.kind === "drop-backup") {
      return backups.planDrop({ store, backups: await mustBeDroppable(statement, store) });
    }
    const asked = await deedOf(statement, store, this.#parts.newId());
    await preflight(asked, backups);
    switch (asked.deed) {
      case "take":
        return backups.planTake(asked.request);
      case "alter":
        return backups.planAlter(asked.request);
      case "restore":
        return backups.planRestore(asked.request);
      case "drop":
        return backups.planDrop(asked.request);
      case "verify":
        return [];
    }
  }
}

/** Refused before anything is asked of a store: a name that is none goes into no path and no record. */
function mustBeName(statement: BackupWorkStatement): void {
  if (!("backups" in statement)) backupNamed(statement.backup);
  else if (statement.backups.kind === "named") backupNamed(statement.backups.name);
  else if (statement.backups.kind === "prefixed") backupNamed(statement.backups.prefix);
}
