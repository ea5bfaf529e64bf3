import { Backup } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Query } from "@snapdeck/contract/routes";
import { BackupId, type ClusterId } from "@snapdeck/contract/scalars";
import type { StateDb, StateTransaction } from "../state/state-tables.ts";
import { inTransaction } from "../state/transactions.ts";
import { cursorAfter, readCursor, SORTS } from "./catalog-cursor.ts";
import { containing, searchTextOf } from "./catalog-search.ts";

export type CatalogPage = { items: Backup[]; next: string | null; total: number };

/** What the stores list, copied into the state database for paging. The stores are the truth; every row can be read again. */
export class BackupCatalog {
  readonly #db: StateDb;

  constructor(db: StateDb) {
    this.#db = db;
  }

  /** @throws {SnapdeckError} `bad-request` for a cursor that no page of this sort answered */
  async page(clusterId: ClusterId, { search, sort, cursor, limit }: Query<"listBackups">): Promise<CatalogPage> {
    const { column, direction } = SORTS[sort];
    const after = cursor === undefined ? undefined : readCursor(cursor, sort);
    const found = this.#db
      .selectFrom("backups")
      .where("cluster_id", "=", clusterId)
      .$if(search !== undefined && search !== "", (query) => query.where(containing("search_text", search ?? "")));
    const { total } = await found.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow();
    const rows = await found
      .select(["backup_id", "taken_at", "size_bytes", "backup"])
      .$if(after !== undefined, (query) =>
        query.where((eb) =>
          eb(
            eb.refTuple(column, "backup_id"),
            direction === "desc" ? "<" : ">",
            eb.tuple(after?.value ?? "", after?.backupId ?? ""),
          ),
        ),
      )
      .orderBy(column, direction)
      .orderBy("backup_id", direction)
      .limit(limit + 1)
      .execute();
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => Backup.parse(JSON.parse(row.backup))),
      next: rows.length > limit && last !== undefined ? cursorAfter(sort, last[column], last.backup_id) : null,
      total: Number(total),
    };
  }

  async get(clusterId: ClusterId, backupId: BackupId): Promise<Backup | undefined> {
    const row = await this.#db
      .selectFrom("backups")
      .select("backup")
      .where("cluster_id", "=", clusterId)
      .where("backup_id", "=", backupId)
      .executeTakeFirst();
    return row === undefined ? undefined : Backup.parse(JSON.parse(row.backup));
  }

  async ids(clusterId: ClusterId): Promise<BackupId[]> {
    const rows = await this.#db.selectFrom("backups").select("backup_id").where("cluster_id", "=", clusterId).execute();
    return rows.map((row) => BackupId.parse(row.backup_id));
  }

  /** Those whose copy here is the oldest: what others changed in the store shows when they are read again. */
  async longestUnread(clusterId: ClusterId, limit: number): Promise<BackupId[]> {
    const rows = await this.#db
      .selectFrom("backups")
      .select("backup_id")
      .where("cluster_id", "=", clusterId)
      .orderBy("read_at")
      .limit(limit)
      .execute();
    return rows.map((row) => BackupId.parse(row.backup_id));
  }

  /** Those completed since that moment of which no later proof is known, passed or failed; the oldest first. */
  async unproven(clusterId: ClusterId, since: string): Promise<BackupId[]> {
    const rows = await this.#db
      .selectFrom("backups")
      .select("backup_id")
      .where("cluster_id", "=", clusterId)
      .where("unproven_since", ">=", since)
      .orderBy("unproven_since")
      .execute();
    return rows.map((row) => BackupId.parse(row.backup_id));
  }

  /** How many are listed, and the newest. */
  async summary(clusterId: ClusterId): Promise<Cluster["backups"]> {
    const newest = await this.page(clusterId, { sort: "newest", limit: 1 });
    const [backup] = newest.items;
    if (backup === undefined) return { count: newest.total };
    const { id, takenAt, proof, suspect } = backup;
    return {
      count: newest.total,
      newest: { id, takenAt, provenAt: proof.provenAt, ...(suspect === undefined ? {} : { suspect: true }) },
    };
  }

  /** @param readAt when the store said so */
  async put(backup: Backup, readAt: string): Promise<void> {
    const isUnproven = backup.proof.level === "L1" && backup.suspect === undefined;
    const changing = {
      taken_at: backup.takenAt,
      size_bytes: backup.sizeBytes,
      search_text: searchTextOf(backup),
      backup: JSON.stringify(backup),
      unproven_since: isUnproven ? backup.completedAt : null,
      read_at: readAt,
    };
    const { clusterId: cluster_id, id: backup_id } = backup;
    await inTransaction(this.#db, async (trx) => {
      const before = await trx
        .selectFrom("backups")
        .select("backup")
        .where("cluster_id", "=", cluster_id)
        .where("backup_id", "=", backup_id)
        .executeTakeFirst();
      await trx
        .insertInto("backups")
        .values({ cluster_id, backup_id, ...changing })
        .onConflict((conflict) => conflict.columns(["cluster_id", "backup_id"]).doUpdateSet(changing))
        .execute();
      if (before?.backup !== changing.backup) await markChanged(trx, cluster_id);
    });
  }

  async drop(clusterId: ClusterId, backupId: BackupId): Promise<void> {
    await inTransaction(this.#db, async (trx) => {
      const dropped = await trx
        .deleteFrom("backups")
        .where("cluster_id", "=", clusterId)
        .where("backup_id", "=", backupId)
        .returning("backup_id")
        .executeTakeFirst();
      if (dropped !== undefined) await markChanged(trx, clusterId);
    });
  }
}

/** Tells the processes that share the database that the list is another one. */
async function markChanged(trx: StateTransaction, clusterId: ClusterId): Promise<void> {
  await trx
    .insertInto("catalog_marks")
    .values({ cluster_id: clusterId, revision: 1 })
    .onConflict((conflict) =>
      conflict.column("cluster_id").doUpdateSet((eb) => ({ revision: eb("catalog_marks.revision", "+", 1) })),
    )
    .execute();
}
