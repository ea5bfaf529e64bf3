import { Progress, UNDER_WAY } from "@snapdeck/contract/job";
import { ClusterId, JobId } from "@snapdeck/contract/scalars";
import { sql } from "kysely";
import type { StateDb } from "./state-tables.ts";

/** How far a cluster's changes of jobs and its list of backups are. */
export type ClusterMark = { readonly newestSeq: number; readonly listRevision: number };

export type StoredProgress = {
  readonly clusterId: ClusterId;
  readonly jobId: JobId;
  readonly attempt: number;
  readonly progress: Progress;
};

/** What a process looks at again and again to see what others did: two small reads, whatever the number of jobs and backups. */
export class SharedState {
  readonly #db: StateDb;

  constructor(db: StateDb) {
    this.#db = db;
  }

  async marks(): Promise<Map<ClusterId, ClusterMark>> {
    const rows = await this.#db
      .selectFrom("clusters")
      .select(["id", "newest_seq", sql<number>`0`.as("revision")])
      .unionAll((eb) =>
        eb.selectFrom("catalog_marks").select(["cluster_id as id", sql<number>`0`.as("newest_seq"), "revision"]),
      )
      .execute();
    const marks = new Map<ClusterId, ClusterMark>();
    for (const { id, newest_seq, revision } of rows) {
      const clusterId = ClusterId.parse(id);
      const known = marks.get(clusterId) ?? { newestSeq: 0, listRevision: 0 };
      // Each row holds one of the two, and nothing of the other.
      marks.set(clusterId, {
        newestSeq: known.newestSeq + newest_seq,
        listRevision: known.listRevision + revision,
      });
    }
    return marks;
  }

  /** How far the jobs are that are under way, as their drivers last stored it. */
  async progress(): Promise<StoredProgress[]> {
    const rows = await this.#db
      .selectFrom("jobs")
      .select(["id", "cluster_id", "attempt", "progress"])
      .where("state_name", "in", [...UNDER_WAY])
      .where("progress", "is not", null)
      .execute();
    return rows.map((row) => ({
      clusterId: ClusterId.parse(row.cluster_id),
      jobId: JobId.parse(row.id),
      attempt: row.attempt,
      progress: Progress.parse(JSON.parse(row.progress ?? "")),
    }));
  }
}
