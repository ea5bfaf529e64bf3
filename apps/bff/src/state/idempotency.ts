import type { Job, JobWork } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { NewJob } from "@snapdeck/core/ports/job-store";
import { jobOfRow } from "./job-rows.ts";
import type { StateDb, StateTransaction } from "./state-tables.ts";

/** How long a key answers with its first job, in milliseconds: a day, as long as a browser's retry could be asleep. */
const KEY_KEPT_MS = 24 * 60 * 60 * 1_000;

type Request = Pick<NewJob, "clusterId" | "work" | "requestedBy" | "idempotencyKey" | "planId">;

/** @throws {SnapdeckError} `idempotency-conflict` */
export async function repeatedJob(db: StateDb, request: Request): Promise<Job | undefined> {
  if (request.idempotencyKey === undefined) return undefined;
  const used = await db
    .selectFrom("idempotency_keys")
    .innerJoin("jobs", "jobs.id", "idempotency_keys.job_id")
    .selectAll("jobs")
    .select("idempotency_keys.request")
    .where("username", "=", request.requestedBy.username)
    .where("key", "=", request.idempotencyKey)
    .executeTakeFirst();
  if (used === undefined) return undefined;
  if (used.request !== fingerprintOf(request)) {
    throw new SnapdeckError(
      "idempotency-conflict",
      "that idempotency key was used for another request; nothing was changed",
      { hint: "Send a new key with each new request." },
    );
  }
  return jobOfRow(used);
}

export async function rememberKey(trx: StateTransaction, job: NewJob): Promise<void> {
  if (job.idempotencyKey === undefined) return;
  const forgetBefore = new Date(Date.parse(job.requestedAt) - KEY_KEPT_MS).toISOString();
  await trx.deleteFrom("idempotency_keys").where("used_at", "<", forgetBefore).execute();
  await trx
    .insertInto("idempotency_keys")
    .values({
      username: job.requestedBy.username,
      key: job.idempotencyKey,
      request: fingerprintOf(job),
      job_id: job.id,
      used_at: job.requestedAt,
    })
    .execute();
}

/** What the user asked for, without what the server made up for it: a new backup has a new id each time. */
function fingerprintOf({ clusterId, work, planId }: Request): string {
  return JSON.stringify([clusterId, askedOf(work), planId ?? null]);
}

function askedOf(work: JobWork): object {
  switch (work.kind) {
    case "backup":
      return { kind: work.kind };
    case "restore":
      // The plan says the rest: whether a reason is kept depends on what is known of the backup at that moment.
      return { kind: work.kind, backupId: work.backupId };
    case "database-backup": {
      // Which backups a drop of several means is another answer once it has begun.
      const { backups: _, ...asked } = work;
      return asked;
    }
    default:
      return work;
  }
}
