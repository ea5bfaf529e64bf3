/** Lets no more than `limit` do something at a time; the others wait in line. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Waits for a turn and answers what ends it. Rejects with the signal's reason as soon as it aborts. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#left > 0) {
      this.#left -= 1;
    } else {
      await new Promise<void>((resolve, reject) => {
        const abort = () => {
          this.#waiting.splice(this.#waiting.indexOf(begin), 1);
          reject(signal.reason);
        };
        const begin = () => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        signal.addEventListener("abort", abort, { once: true });
        this.#waiting.push(begin);
      });
    }
    return () => this.#end();
  }

  #end(): void {
    const next = this.#waiting.shift();
    // Whoever waited takes the turn over.
    if (next === undefined) this.#left += 1;
    else next();
  }
}
