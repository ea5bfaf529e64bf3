import { RestorePlan } from "@snapdeck/contract/backup";
import { ClusterState } from "@snapdeck/contract/cluster";
import { type ClusterId, JobId, Moment, type PlanId } from "@snapdeck/contract/scalars";
import { z } from "zod";
import type { StateDb } from "../state/state-tables.ts";

/** What a plan was made from. When one of these is another one now, the plan is stale. */
export const PlannedWorld = z.object({
  clusterState: ClusterState,
  manifestSha256: z.string(),
  /** When what would be lost was read; null when nobody knows it. */
  inventoryObservedAt: Moment.nullable(),
  /** The last jobs that could make other data of what stands still now; null where there was none. */
  lastSuspend: JobId.nullable().default(null),
  lastRestore: JobId.nullable().default(null),
  lastUndo: JobId.nullable().default(null),
});
export type PlannedWorld = z.infer<typeof PlannedWorld>;

export type MadePlan = { readonly plan: RestorePlan; readonly world: PlannedWorld };

/** How long plans are kept after they expired, in milliseconds, so that a late restore is told "stale" of a plan we know. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

export class RestorePlans {
  readonly #db: StateDb;

  constructor(db: StateDb) {
    this.#db = db;
  }

  async put(clusterId: ClusterId, { plan, world }: MadePlan): Promise<void> {
    const forgetBefore = new Date(Date.parse(plan.madeAt) - KEPT_MS).toISOString();
    await this.#db.transaction().execute(async (trx) => {
      await trx.deleteFrom("restore_plans").where("expires_at", "<", forgetBefore).execute();
      await trx
        .insertInto("restore_plans")
        .values({
          id: plan.id,
          cluster_id: clusterId,
          expires_at: plan.expiresAt,
          plan: JSON.stringify(plan),
          world: JSON.stringify(world),
        })
        .execute();
    });
  }

  async get(clusterId: ClusterId, planId: PlanId): Promise<MadePlan | undefined> {
    const row = await this.#db
      .selectFrom("restore_plans")
      .select(["plan", "world"])
      .where("cluster_id", "=", clusterId)
      .where("id", "=", planId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return { plan: RestorePlan.parse(JSON.parse(row.plan)), world: PlannedWorld.parse(JSON.parse(row.world)) };
  }
}
