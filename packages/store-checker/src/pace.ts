import { setImmediate } from "node:timers/promises";

/** How long the checker works before others get their turn, in milliseconds. */
const TURN_MS = 5;

/** Shares the thread with whoever else lives on it. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #turnBegan = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to `breathe`; asked often, so that a loop awaits only when it must. */
  get isDue(): boolean {
    return performance.now() - this.#turnBegan > TURN_MS;
  }

  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** Lets others run. Throws the signal's reason once it is aborted. */
  async breathe(): Promise<void> {
    this.throwIfAborted();
    await setImmediate();
    this.#turnBegan = performance.now();
  }

  /** `breathe` when it is due. */
  async step(): Promise<void> {
    if (this.isDue) await this.breathe();
  }
}

/** Does something with each item, some of them at once. Rejects with the first failure, when none is under way any more. */
export async function atOnce<T>(count: number, items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await act(next.value);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: count }, worker));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
