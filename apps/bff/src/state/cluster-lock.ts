import { type Job, JobWork } from "@snapdeck/contract/job";
import { type BackupId, type ClusterId, JobId } from "@snapdeck/contract/scalars";
import { coexists, disputeTrial } from "@snapdeck/core/jobs/lock-mode";
import type { NewJob } from "@snapdeck/core/ports/job-store";
import { backupInUse, clusterBusy, type Holder } from "../jobs/busy.ts";
import { backupOf } from "./job-rows.ts";
import type { StateDb, StateTransaction } from "./state-tables.ts";

/** @throws {SnapdeckError} `backup-in-use`, `cluster-busy`, each with the holder's job id */
export async function takeLock(trx: StateTransaction, job: NewJob): Promise<void> {
  const holders = await holdersOf(trx, job.clusterId);
  const rival = holders.find((holder) => disputesBackup(job.work, holder.work));
  if (rival !== undefined) throw backupInUse(rival);
  const holder = holders.find(({ work }) => !coexists(job.work.kind, work.kind) || disputeTrial(job.work, work));
  if (holder !== undefined) throw clusterBusy(holder);
  await trx
    .insertInto("job_locks")
    .values({
      job_id: job.id,
      cluster_id: job.clusterId,
      kind: job.work.kind,
      mode: job.lock,
      backup_id: backupOf(job.work),
    })
    .execute();
}

export async function giveLockBack(trx: StateTransaction, jobId: Job["id"]): Promise<void> {
  await trx.deleteFrom("job_locks").where("job_id", "=", jobId).execute();
  await trx.deleteFrom("job_leases").where("job_id", "=", jobId).execute();
}

/** The job under way that makes, uses or deletes each of the cluster's backups. */
export async function usersOfBackups(db: StateDb, clusterId: ClusterId): Promise<Map<BackupId, JobId>> {
  const holders = await holdersOf(db, clusterId);
  return new Map(holders.flatMap(({ jobId, work }) => ("backupId" in work ? [[work.backupId, jobId] as const] : [])));
}

async function holdersOf(db: StateDb, clusterId: ClusterId): Promise<Holder[]> {
  const rows = await db
    .selectFrom("job_locks")
    .innerJoin("jobs", "jobs.id", "job_locks.job_id")
    .select(["job_id", "work"])
    .where("job_locks.cluster_id", "=", clusterId)
    .orderBy("job_id")
    .execute();
  return rows.map((row) => ({ jobId: JobId.parse(row.job_id), work: JobWork.parse(JSON.parse(row.work)) }));
}

/** One deletes what the other needs. */
function disputesBackup(asked: JobWork, held: JobWork): boolean {
  const asksFor = backupOf(asked);
  if (asksFor === null || asksFor !== backupOf(held)) return false;
  return asked.kind === "delete-backup" || held.kind === "delete-backup";
}
