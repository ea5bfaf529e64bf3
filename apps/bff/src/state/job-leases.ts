import type { Job } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Lease } from "@snapdeck/core/ports/job-store";
import type { StateDb, StateTransaction } from "./state-tables.ts";

/** Gives the lease with a token greater than every one before, unless somebody holds one that has not run out. */
export async function grantLease(
  trx: StateTransaction,
  { id, clusterId, seenToken }: Pick<Job, "id" | "clusterId"> & { seenToken: number },
  owner: string,
  now: string,
  leaseMs: number,
): Promise<Lease | undefined> {
  const last = await trx.selectFrom("job_leases").select("expires_at").where("job_id", "=", id).executeTakeFirst();
  if (last !== undefined && last.expires_at > now) return undefined;
  const driversDied = await countDeaths(trx, id, last !== undefined);
  const token = await nextToken(trx, clusterId, Math.max(Date.parse(now), seenToken + 1));
  const lease = { jobId: id, owner, token, expiresAt: after(now, leaseMs), driversDied };
  const given = { owner, token, expires_at: lease.expiresAt };
  await trx
    .insertInto("job_leases")
    .values({ job_id: id, cluster_id: clusterId, ...given })
    .onConflict((conflict) => conflict.column("job_id").doUpdateSet(given))
    .execute();
  return lease;
}

/** A lease that stands there still, run out, is one of a driver that died; who stops in an orderly way gives it back. */
async function countDeaths(trx: StateTransaction, id: Job["id"], died: boolean): Promise<number> {
  const { drivers_died: deaths } = await trx
    .updateTable("jobs")
    .set((eb) => ({ drivers_died: eb("drivers_died", "+", died ? 1 : 0) }))
    .where("id", "=", id)
    .returning("drivers_died")
    .executeTakeFirstOrThrow();
  return deaths;
}

/**
 * At least `least`, which is the time in milliseconds since the epoch or more: a console that lost its state must not begin below what
 * the cluster has seen of the one before.
 */
async function nextToken(trx: StateTransaction, clusterId: Job["clusterId"], least: number): Promise<number> {
  const { newest_token: token } = await trx
    .updateTable("clusters")
    .set((eb) => ({
      newest_token: eb
        .case()
        .when("newest_token", ">=", least)
        .then(eb("newest_token", "+", 1))
        .else(least)
        .end(),
    }))
    .where("id", "=", clusterId)
    .returning("newest_token")
    .executeTakeFirstOrThrow();
  return token;
}

/** @throws {SnapdeckError} `lock-lost` */
export async function lengthenLease(db: StateDb, lease: Lease, now: string, leaseMs: number): Promise<Lease> {
  const expiresAt = after(now, leaseMs);
  const renewed = await db
    .updateTable("job_leases")
    .set({ expires_at: expiresAt })
    .where("job_id", "=", lease.jobId)
    .where("token", "=", lease.token)
    .returning("token")
    .executeTakeFirst();
  if (renewed === undefined) throw lockLost(lease);
  return { ...lease, expiresAt };
}

export async function giveLeaseBack(db: StateDb, lease: Lease): Promise<void> {
  await db.deleteFrom("job_leases").where("job_id", "=", lease.jobId).where("token", "=", lease.token).execute();
}

export async function holdsLease(db: StateDb, lease: Lease): Promise<boolean> {
  const held = await db
    .selectFrom("job_leases")
    .select("token")
    .where("job_id", "=", lease.jobId)
    .where("token", "=", lease.token)
    .executeTakeFirst();
  return held !== undefined;
}

export function lockLost({ jobId, token }: Lease): SnapdeckError {
  return new SnapdeckError("lock-lost", `another process drives job ${jobId} (token ${token} is not its newest)`, {
    hint: "Nothing has to be done: the other process brings the job to its end.",
    jobId,
  });
}

function after(now: string, ms: number): string {
  return new Date(Date.parse(now) + ms).toISOString();
}
