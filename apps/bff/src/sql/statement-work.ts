import type { Job } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Cluster, Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { DatabaseBackupWork } from "../jobs/work-of.ts";
import { type BackupDeed, deedOf } from "./backup-deed.ts";
import {
  type BackupWorkStatement,
  connectionOf,
  type DatabaseBackupJobWork,
  statementOfWork,
} from "./backup-work-statement.ts";
import { backupNamed } from "./select-backups.ts";
import type { StoreAccess } from "./store-access.ts";

/** What a cluster must have for a statement about backups. @throws {SnapdeckError} `not-supported` */
export function databaseBackupsOf({ name, databaseBackups }: Cluster): DatabaseBackups {
  if (databaseBackups !== undefined) return databaseBackups;
  throw new SnapdeckError("not-supported", `cluster ${name} takes no database backups; nothing was changed`);
}

/** Carries out the jobs of statements about database backups. */
export class StatementWork implements DatabaseBackupWork {
  readonly #stores: StoreAccess;

  constructor(stores: StoreAccess) {
    this.#stores = stores;
  }

  async *run(cluster: Cluster, job: Job, order: WorkOrder, signal: AbortSignal): Work {
    const backups = databaseBackupsOf(cluster);
    const statement = statementOf(job);
    const store = await this.#stores.open(job.clusterId, connectionOf(statement));
    try {
      const deed = await deedOf(statement, store, job.id, workOf(job).backups);
      yield* begin(backups, deed, { ...order, requestedBy: job.requestedBy }, signal);
    } finally {
      store.close();
    }
  }

  async discard(cluster: Cluster, job: Job): Promise<void> {
    const { deed } = workOf(job);
    if (deed === "verify") return;
    // What it left stands in the ranks, whatever became of its source.
    if (deed === "restore") return databaseBackupsOf(cluster).discard({ jobId: job.id, deed });
    const statement = await orNothingLeft(async () => statementOf(job));
    if (statement === undefined) return;
    const store = await orNothingLeft(() => this.#stores.open(job.clusterId, connectionOf(statement)));
    if (store === undefined) return;
    try {
      const asked = await orNothingLeft(() => deedOf(statement, store, job.id, workOf(job).backups));
      if (asked === undefined) return;
      const { request } = asked;
      const backups = "backup" in request ? [request.backup] : request.backups;
      await databaseBackupsOf(cluster).discard({ jobId: job.id, deed, store, backups });
    } finally {
      store.close();
    }
  }

  /** A snapshot that lists this job was taken by it. What else a statement does tells nobody whose doing it was. */
  async wasDone(job: Job): Promise<boolean> {
    const { deed, backup } = workOf(job);
    if (deed !== "take") return false;
    return this.#stores.during(job.clusterId, connectionOf(statementOf(job)), async (store) => {
      const read = await store.read(backupNamed(backup));
      return read?.info.snapshots.some(({ jobId }) => jobId === job.id) ?? false;
    });
  }
}

function workOf({ work }: Job): DatabaseBackupJobWork {
  if (work.kind !== "database-backup") throw new Error(`work of another kind: ${work.kind}`);
  return work;
}

function statementOf(job: Job): BackupWorkStatement {
  return statementOfWork(workOf(job));
}

type Ordered = WorkOrder & { readonly requestedBy: string };

function begin(backups: DatabaseBackups, asked: BackupDeed, order: Ordered, signal: AbortSignal): Work {
  switch (asked.deed) {
    case "take":
      return backups.take({ ...asked.request, ...order }, signal);
    case "alter":
      return backups.alter({ ...asked.request, ...order }, signal);
    case "restore":
      return backups.restore({ ...asked.request, ...order }, signal);
    case "drop":
      return backups.drop({ ...asked.request, ...order }, signal);
    case "verify":
      return backups.verify({ ...asked.request, ...order }, signal);
  }
}

/** Where the sink is gone for good, so is the way to whatever was left: the entry must not stay for ever. */
async function orNothingLeft<T>(reach: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reach();
  } catch (error) {
    if (error instanceof SnapdeckError && NOTHING_TO_REACH.has(error.code)) return undefined;
    throw error;
  }
}

const NOTHING_TO_REACH = new Set<string>(["connection-not-found", "bad-request", "not-supported"]);
