import { Inventory } from "@snapdeck/contract/cluster";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Cluster } from "@snapdeck/core/ports/cluster";
import type { StateDb } from "../state/state-tables.ts";

/** What each cluster held when it was last read, kept durably: a suspended one cannot be asked. */
export class Inventories {
  readonly #db: StateDb;

  constructor(db: StateDb) {
    this.#db = db;
  }

  /**
   * Reads the cluster itself, and remembers the answer.
   * @throws {SnapdeckError} `cluster-not-running`, `cluster-unreachable`
   */
  async read(cluster: Cluster): Promise<Inventory> {
    const inventory = await cluster.data.inventory();
    const remembered = { observed_at: inventory.observedAt, inventory: JSON.stringify(inventory) };
    await this.#db
      .insertInto("inventories")
      .values({ cluster_id: cluster.id, ...remembered })
      // A slow answer does not replace one that was read after it.
      .onConflict((conflict) =>
        conflict
          .column("cluster_id")
          .doUpdateSet(remembered)
          .where("inventories.observed_at", "<=", inventory.observedAt),
      )
      .execute();
    return inventory;
  }

  /** The last that was read, marked as not live; undefined when nobody ever read it, or what it told of was replaced. */
  async remembered(clusterId: ClusterId): Promise<Inventory | undefined> {
    const row = await this.#db
      .selectFrom("inventories")
      .select("inventory")
      .where("cluster_id", "=", clusterId)
      .executeTakeFirst();
    return row === undefined ? undefined : { ...Inventory.parse(JSON.parse(row.inventory)), live: false };
  }

  /** Whether the cluster held any table when it was last read; undefined when that is not known. */
  async heldTables(clusterId: ClusterId): Promise<boolean | undefined> {
    return (await this.remembered(clusterId))?.databases.some(({ tables }) => tables.length > 0);
  }

  async forget(clusterId: ClusterId): Promise<void> {
    await this.#db.deleteFrom("inventories").where("cluster_id", "=", clusterId).execute();
  }
}
