import { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { JobChange } from "@snapdeck/core/ports/job-store";
import { backupOf, changingColumns } from "./job-rows.ts";
import type { StateDb, StateTransaction } from "./state-tables.ts";
import { inSnapshot } from "./transactions.ts";

/** How many changes of a cluster are kept for readers that come back; older ones read over HTTP again. */
export const CHANGES_KEPT = 10_000;

/**
 * Makes the rest of the transaction the only one that changes this cluster's jobs, and the cluster known. A database with row locks
 * holds this row until the end; SQLite has one writer anyway.
 */
export async function lockCluster(trx: StateTransaction, clusterId: ClusterId): Promise<void> {
  await trx
    .insertInto("clusters")
    .values({ id: clusterId, newest_seq: 0, newest_token: 0 })
    .onConflict((conflict) => conflict.column("id").doUpdateSet((eb) => ({ id: eb.ref("excluded.id") })))
    .execute();
}

/** Stores a new job as the next change of its cluster. */
export async function insertJob(trx: StateTransaction, unnumbered: Job): Promise<Job> {
  const job = { ...unnumbered, seq: await nextSeq(trx, unnumbered.clusterId) };
  await trx
    .insertInto("jobs")
    .values({
      id: job.id,
      cluster_id: job.clusterId,
      created_seq: job.seq,
      kind: job.work.kind,
      backup_id: backupOf(job.work),
      work: JSON.stringify(job.work),
      drivers_died: 0,
      requested_by: job.requestedBy,
      requested_at: job.requestedAt,
      ...changingColumns(job),
    })
    .execute();
  await recordChange(trx, job);
  return job;
}

/** Stores a job that was changed as the next change of its cluster. */
export async function updateJob(trx: StateTransaction, changed: Job): Promise<Job> {
  const job = { ...changed, seq: await nextSeq(trx, changed.clusterId) };
  await trx.updateTable("jobs").set(changingColumns(job)).where("id", "=", job.id).execute();
  await recordChange(trx, job);
  return job;
}

export async function newestSeq(db: StateDb, clusterId: ClusterId): Promise<number> {
  const row = await db.selectFrom("clusters").select("newest_seq").where("id", "=", clusterId).executeTakeFirst();
  return row?.newest_seq ?? 0;
}

export async function readChanges(
  db: StateDb,
  clusterId: ClusterId,
  since: number,
  limit: number,
): Promise<JobChange[] | undefined> {
  return inSnapshot(db, async (trx) => {
    const newest = await newestSeq(trx, clusterId);
    if (since > newest) return undefined;
    if (since === newest) return [];
    const rows = await trx
      .selectFrom("job_changes")
      .select(["seq", "job"])
      .where("cluster_id", "=", clusterId)
      .where("seq", ">", since)
      .orderBy("seq")
      .limit(limit)
      .execute();
    // Changes have no gaps: where the first one is not the next one, those between are gone.
    if (rows[0]?.seq !== since + 1) return undefined;
    return rows.map((row) => ({ seq: row.seq, job: Job.parse(JSON.parse(row.job)) }));
  });
}

async function nextSeq(trx: StateTransaction, clusterId: ClusterId): Promise<number> {
  const { newest_seq } = await trx
    .updateTable("clusters")
    .set((eb) => ({ newest_seq: eb("newest_seq", "+", 1) }))
    .where("id", "=", clusterId)
    .returning("newest_seq")
    .executeTakeFirstOrThrow();
  return newest_seq;
}

async function recordChange(trx: StateTransaction, job: Job): Promise<void> {
  await trx
    .insertInto("job_changes")
    .values({ cluster_id: job.clusterId, seq: job.seq, job: JSON.stringify(job) })
    .execute();
  await trx
    .deleteFrom("job_changes")
    .where("cluster_id", "=", job.clusterId)
    .where("seq", "<=", job.seq - CHANGES_KEPT)
    .execute();
}
