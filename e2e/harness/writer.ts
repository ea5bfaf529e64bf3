import type { Ranks } from "./ranks.ts";

/** Rows of one insert on each rank. */
const BATCH = 100;

/** Somebody who writes to the cluster all the time, as applications do during a backup. */
export class Writer {
  /** How many inserts were acknowledged so far. */
  inserts = 0;
  #stopping = false;
  readonly #done: Promise<void>;

  constructor(ranks: Ranks, table: string, firstId: number) {
    this.#done = this.#write(ranks, table, firstId);
    // Told by `stops`, which every story calls.
    this.#done.catch(() => undefined);
  }

  async #write(ranks: Ranks, table: string, firstId: number): Promise<void> {
    while (!this.#stopping) {
      await ranks.addRows(table, BATCH, firstId + this.inserts * BATCH);
      this.inserts += 1;
    }
  }

  /** Ends the writing. Fails when any insert failed. `rows`: on each rank. */
  async stops(): Promise<{ rows: number }> {
    this.#stopping = true;
    await this.#done;
    return { rows: this.inserts * BATCH };
  }
}
