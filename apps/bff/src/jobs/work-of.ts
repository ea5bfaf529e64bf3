import type { Job } from "@snapdeck/contract/job";
import type { Cluster, Work, WorkOrder } from "@snapdeck/core/ports/cluster";

/** Which work of the cluster carries each kind of job out. */
export function workOf(cluster: Cluster, job: Job, order: WorkOrder, signal: AbortSignal): Work {
  const { work } = job;
  switch (work.kind) {
    case "backup":
      return cluster.systemBackups.backUp({ ...order, backupId: work.backupId, requestedBy: job.requestedBy }, signal);
    case "restore":
      return cluster.systemBackups.restore({ ...order, backupId: work.backupId }, signal);
    case "delete-backup":
      return cluster.systemBackups.remove({ ...order, backupId: work.backupId }, signal);
    case "suspend":
      return cluster.lifecycle.suspend(order, signal);
    case "resume":
      return cluster.lifecycle.resume(order, signal);
    case "load-example-data":
      return cluster.data.loadExample(order, signal);
  }
}

/** Removes what an attempt that did not succeed may have left. Idempotent; nothing to do for work that leaves nothing. */
export async function discardLeftovers(cluster: Cluster, job: Job, fencingToken: number): Promise<void> {
  const { work } = job;
  switch (work.kind) {
    case "backup":
    // A deletion unlists first: files that it did not reach are in no list any more, and nobody else would ever remove them.
    case "delete-backup":
      return cluster.systemBackups.discardBackup(work.backupId);
    case "restore":
      return cluster.systemBackups.discardRestore(job.id, fencingToken);
    case "load-example-data":
      return cluster.data.discardExample();
    case "suspend":
    case "resume":
      return;
  }
}

/** Whether work that threw was done all the same: its answer may be what was lost. */
export async function wasDone(cluster: Cluster, job: Job): Promise<boolean> {
  if (job.work.kind !== "backup") return false;
  try {
    await cluster.systemBackups.read(job.work.backupId);
    return true;
  } catch {
    return false;
  }
}
