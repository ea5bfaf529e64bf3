import { type Job, type JobKind, UNDER_WAY } from "@snapdeck/contract/job";
import type { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { newestSeq } from "./job-changes.ts";
import { jobOfRow } from "./job-rows.ts";
import type { StateDb } from "./state-tables.ts";
import { inSnapshot } from "./transactions.ts";

export async function readJob(db: StateDb, id: JobId): Promise<Job | undefined> {
  const row = await db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : jobOfRow(row);
}

/** @throws {SnapdeckError} `bad-request` for a cursor that no page answered */
export async function pageOfJobs(
  db: StateDb,
  clusterId: ClusterId,
  limit: number,
  before?: string,
): Promise<{ items: Job[]; next: string | null }> {
  const beforeSeq = before === undefined ? undefined : cursorOf(before);
  const rows = await db
    .selectFrom("jobs")
    .selectAll()
    .where("cluster_id", "=", clusterId)
    .$if(beforeSeq !== undefined, (query) => query.where("created_seq", "<", beforeSeq ?? 0))
    .orderBy("created_seq", "desc")
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(jobOfRow),
    next: rows.length > limit && last !== undefined ? String(last.created_seq) : null,
  };
}

export async function activityOf(db: StateDb, clusterId: ClusterId): Promise<{ items: Job[]; seq: number }> {
  return inSnapshot(db, async (trx) => {
    const rows = await trx
      .selectFrom("jobs")
      .selectAll()
      .where("cluster_id", "=", clusterId)
      .where((eb) =>
        eb.or([
          eb("state_name", "in", [...UNDER_WAY]),
          eb("state_name", "in", ["failed", "interrupted"]).and("dismissed_at", "is", null),
        ]),
      )
      .orderBy("created_seq", "desc")
      .execute();
    return { items: rows.map(jobOfRow), seq: await newestSeq(trx, clusterId) };
  });
}

/** Jobs under way that nobody holds a live lease on, oldest first. */
export async function unownedJobs(db: StateDb, now: string): Promise<Job[]> {
  const rows = await db
    .selectFrom("jobs")
    .leftJoin("job_leases", "job_leases.job_id", "jobs.id")
    .selectAll("jobs")
    .where("state_name", "in", [...UNDER_WAY])
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", "<=", now)]))
    .orderBy("requested_at")
    .orderBy("created_seq")
    .execute();
  return rows.map(jobOfRow);
}

export async function lastSucceededOf(db: StateDb, clusterId: ClusterId, kind: JobKind, limit: number): Promise<Job[]> {
  const rows = await db
    .selectFrom("jobs")
    .selectAll()
    .where("cluster_id", "=", clusterId)
    .where("state_name", "=", "succeeded")
    .where("kind", "=", kind)
    .orderBy("created_seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(jobOfRow);
}

function cursorOf(text: string): number {
  const seq = Number(text);
  if (!/^\d{1,15}$/.test(text) || !Number.isSafeInteger(seq)) {
    throw new SnapdeckError("bad-request", "the cursor is not one that a page of jobs answered", {
      hint: "Start again from the first page.",
    });
  }
  return seq;
}
