import type { Job } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Cluster, Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { DatabaseBackups } from "@snapdeck/core/ports/database-backups";
import type { DatabaseBackupWork } from "../jobs/work-of.ts";
import { type BackupDeed, deedOf } from "./backup-deed.ts";
import { type BackupWorkStatement, connectionOf, statementOfWork } from "./backup-work-statement.ts";
import type { Connections } from "./connections.ts";

/** What a cluster must have for a statement about backups. @throws {SnapdeckError} `not-supported` */
export function databaseBackupsOf({ name, databaseBackups }: Cluster): DatabaseBackups {
  if (databaseBackups !== undefined) return databaseBackups;
  throw new SnapdeckError("not-supported", `cluster ${name} takes no database backups; nothing was changed`);
}

/** Carries out the jobs of statements about database backups. */
export class StatementWork implements DatabaseBackupWork {
  readonly #connections: Pick<Connections, "resolve">;

  constructor(connections: Pick<Connections, "resolve">) {
    this.#connections = connections;
  }

  async *run(cluster: Cluster, job: Job, order: WorkOrder, signal: AbortSignal): Work {
    const backups = databaseBackupsOf(cluster);
    const { deed } = await this.#deedOf(job);
    yield* begin(backups, deed, { ...order, requestedBy: job.requestedBy }, signal);
  }

  async discard(cluster: Cluster, job: Job): Promise<void> {
    const { deed } = statementJob(job);
    // It only read; and what a restore left stands in the ranks, whatever became of its source.
    if (deed === "verify") return;
    if (deed === "restore") return databaseBackupsOf(cluster).discard({ jobId: job.id, deed });
    try {
      await this.#withDeed(job, async (asked, store) => {
        const backups = "backup" in asked.request ? [asked.request.backup] : asked.request.backups;
        await databaseBackupsOf(cluster).discard({ jobId: job.id, deed, store, backups });
      });
    } catch (error) {
      if (!isNothingLeft(error)) throw error;
    }
  }

  /** A snapshot that lists this job was taken by it. What else a statement does tells nobody whose doing it was. */
  async wasDone(job: Job): Promise<boolean> {
    const { deed, store } = await this.#deedOf(job);
    if (deed.deed !== "take") return false;
    const read = await store.read(deed.request.backup);
    return read?.info.snapshots.some(({ jobId }) => jobId === job.id) ?? false;
  }

  async #deedOf(job: Job): Promise<{ deed: BackupDeed; store: DatabaseBackupStore }> {
    if (job.work.kind !== "database-backup") throw new Error(`work of another kind: ${job.work.kind}`);
    const statement: BackupWorkStatement = statementOfWork(job.work);
    const { use, name } = connectionOf(statement);
    const store = await this.#connections.resolve(job.clusterId, use, name);
    return { deed: await deedOf(statement, store, job.id), store };
  }
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

/** Where the sink or source is gone for good, so is the way to whatever was left: the entry must not stay for ever. */
function nothingLeft(error: unknown): undefined {
  if (error instanceof SnapdeckError && NOTHING_TO_REACH.has(error.code)) return undefined;
  throw error;
}

const NOTHING_TO_REACH = new Set<string>(["connection-not-found", "bad-request", "not-supported"]);
