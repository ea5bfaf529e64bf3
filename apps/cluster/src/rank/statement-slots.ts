import { EngineError } from "./engine-error.ts";

/** Statements that run at a time. Each holds a thread of libuv's pool; see RANK_ENVIRONMENT. */
export const MAX_STATEMENTS = 48;
/** Threads that statements leave free for files, compression and KILL QUERY. */
const SPARE_THREADS = 16;
/** libuv's own default. */
const DEFAULT_THREADS = 4;
/** How long a statement waits for its turn before it is refused as ClickHouse does (TOO_MANY_SIMULTANEOUS_QUERIES). */
const MAX_WAIT_MS = 30_000;

/** How many statements this process can run at a time with the threads it was given. */
export function statementLimit(threads: number = Number(process.env["UV_THREADPOOL_SIZE"] ?? DEFAULT_THREADS)): number {
  return Math.max(2, Math.min(MAX_STATEMENTS, threads - SPARE_THREADS));
}

type Waiting = { take: (slot: number) => void };

/** Lets so many statements in at a time, first come, first served. A slot is a number, from 0. */
export class StatementSlots {
  readonly #free: number[];
  readonly #waiting = new Set<Waiting>();

  constructor(limit: number) {
    this.#free = Array.from({ length: limit }, (_, slot) => limit - 1 - slot);
  }

  /** Rejects when the signal aborts or the wait is too long. Give the slot back with `release`. */
  acquire(signal: AbortSignal): Promise<number> {
    const slot = this.#free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const waiting: Waiting = {
        take: (taken) => {
          settle();
          resolve(taken);
        },
      };
      const onAbort = () => {
        settle();
        reject(new EngineError(394, "QUERY_WAS_CANCELLED", "Query was cancelled before it started"));
      };
      const timer = setTimeout(() => {
        settle();
        const text = `Too many simultaneous queries: it waited ${MAX_WAIT_MS / 1000} s for its turn`;
        reject(new EngineError(202, "TOO_MANY_SIMULTANEOUS_QUERIES", text));
      }, MAX_WAIT_MS);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiting);
    });
  }

  release(slot: number): void {
    const next = this.#waiting.values().next().value;
    if (next === undefined) this.#free.push(slot);
    else next.take(slot);
  }
}
