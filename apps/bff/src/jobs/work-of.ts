import type { Job } from "@snapdeck/contract/job";
import type { Cluster, Work, WorkOrder } from "@snapdeck/core/ports/cluster";

/** Carries out the one kind of job that is no work of a cluster: it looks at the store and at our own state. */
export type StoreCheck = (cluster: Cluster, options: { readonly bytes: boolean }, signal: AbortSignal) => Work;

/** Carries out a statement of the backup SQL, whose sinks and sources are looked up when it begins. */
export type DatabaseBackupWork = {
  run(cluster: Cluster, job: Job, order: WorkOrder, signal: AbortSignal): Work;
  /** Removes what an attempt that did not succeed may have left. Idempotent. */
  discard(cluster: Cluster, job: Job): Promise<void>;
  /** Whether work that threw was done all the same. */
  wasDone(job: Job): Promise<boolean>;
};

/** Work that is no method of a cluster. */
export type OwnWork = { readonly checkStore: StoreCheck; readonly databaseBackups: DatabaseBackupWork };

/** Which work carries each kind of job out. */
export function workOf(
  cluster: Cluster,
  job: Job,
  order: WorkOrder,
  signal: AbortSignal,
  { checkStore, databaseBackups }: OwnWork,
): Work {
  const { work } = job;
  const { systemBackups, lifecycle, data } = cluster;
  switch (work.kind) {
    case "backup":
      return systemBackups.backUp({ ...order, backupId: work.backupId, requestedBy: job.requestedBy }, signal);
    case "restore": {
      const acceptSuspect = work.suspectReason !== undefined;
      return systemBackups.restore({ ...order, backupId: work.backupId, acceptSuspect }, signal);
    }
    case "undo-restore":
      return systemBackups.undoRestore({ ...order, restoreId: work.restoreId }, signal);
    case "keep-restored":
      return systemBackups.keepRestored({ ...order, restoreId: work.restoreId }, signal);
    case "delete-backup":
      return systemBackups.remove({ ...order, backupId: work.backupId }, signal);
    case "verify-backup":
      return systemBackups.verify({ ...order, backupId: work.backupId, level: work.level }, signal);
    case "check-store":
      // A check that another process began changed nothing: taking it up is beginning it again.
      return checkStore(cluster, { bytes: work.bytes }, signal);
    case "database-backup":
      return databaseBackups.run(cluster, job, order, signal);
    case "suspend":
      return lifecycle.suspend(order, signal);
    case "resume":
      return lifecycle.resume(order, signal);
    case "load-example-data":
      return data.loadExample(order, signal);
  }
}

/** Removes what an attempt that did not succeed may have left. Idempotent; nothing to do for work that leaves nothing. */
export async function discardLeftovers(
  cluster: Cluster,
  job: Job,
  fencingToken: number,
  { databaseBackups }: Pick<OwnWork, "databaseBackups">,
): Promise<void> {
  const { work } = job;
  switch (work.kind) {
    case "backup":
    // A deletion unlists first: files that it did not reach are in no list any more, and nobody else would ever remove them.
    case "delete-backup":
      return cluster.systemBackups.discardBackup(work.backupId);
    case "restore":
      return cluster.systemBackups.discardRestore(job.id, fencingToken);
    case "verify-backup":
      return cluster.systemBackups.discardVerification(job.id);
    case "load-example-data":
      return cluster.data.discardExample();
    case "database-backup":
      return databaseBackups.discard(cluster, job);
    // The host manager carries these through once it was told, and leaves nothing where it was not.
    case "undo-restore":
    case "keep-restored":
    case "suspend":
    case "resume":
    case "check-store":
      return;
  }
}

/** Whether work that threw was done all the same: its answer may be what was lost. */
export async function wasDone(
  cluster: Cluster,
  job: Job,
  { databaseBackups }: Pick<OwnWork, "databaseBackups">,
): Promise<boolean> {
  const { id, work } = job;
  try {
    switch (work.kind) {
      case "backup":
        await cluster.systemBackups.read(work.backupId);
        return true;
      case "verify-backup": {
        const { proofs } = await cluster.systemBackups.read(work.backupId);
        return proofs.some(({ jobId, faultsTotal }) => jobId === id && faultsTotal === 0);
      }
      case "undo-restore":
      case "keep-restored": {
        const { state, previousData } = await cluster.lifecycle.observe();
        return state !== "unreachable" && previousData?.restoreId !== work.restoreId;
      }
      case "database-backup":
        return await databaseBackups.wasDone(job);
      default:
        return false;
    }
  } catch {
    return false;
  }
}
