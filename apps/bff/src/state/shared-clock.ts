import type { Clock } from "@snapdeck/core/clock";
import { sql } from "kysely";
import type { StateDb } from "./state-tables.ts";

/**
 * The time of the database that several processes share: leases are judged by it, so that a process whose own clock is wrong or jumps
 * neither takes what others hold nor seems to hold what it lost. Between two measurements it goes on by a clock that nobody can set.
 */
export class SharedClock {
  readonly #db: StateDb;
  readonly #own: Clock;
  #measured: { readonly databaseMs: number; readonly atMs: number } | undefined;

  /** @param own the time before the first measurement */
  constructor(db: StateDb, own: Clock) {
    this.#db = db;
    this.#own = own;
  }

  readonly now: Clock = () => {
    if (this.#measured === undefined) return this.#own();
    const { databaseMs, atMs } = this.#measured;
    return new Date(databaseMs + performance.now() - atMs).toISOString();
  };

  async measure(): Promise<void> {
    const { rows } = await sql<{ ms: number }>`
      select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ms
    `.execute(this.#db);
    // At the answer: what it was late by makes a lease a little shorter, never longer.
    const [row] = rows;
    if (row !== undefined) this.#measured = { databaseMs: row.ms, atMs: performance.now() };
  }
}
