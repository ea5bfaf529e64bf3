type Paced<T> = { sentAtMs: number; held: T | undefined };

/**
 * Lets at most one value of a key through per interval: the first at once, of those that follow the newest when the interval is
 * over. Whoever owns it asks `due` at `nextDueMs`.
 */
export class ProgressPacer<T> {
  readonly #intervalMs: () => number;
  readonly #paced = new Map<string, Paced<T>>();

  constructor(intervalMs: () => number) {
    this.#intervalMs = intervalMs;
  }

  /** The value, if it may go now. */
  offer(key: string, value: T, nowMs: number): T | undefined {
    const paced = this.#paced.get(key);
    if (paced !== undefined && nowMs < paced.sentAtMs + this.#intervalMs()) {
      paced.held = value;
      return undefined;
    }
    this.#paced.set(key, { sentAtMs: nowMs, held: undefined });
    return value;
  }

  /** What was held and may go now. */
  due(nowMs: number): T[] {
    const ready: T[] = [];
    for (const paced of this.#paced.values()) {
      if (paced.held === undefined || nowMs < paced.sentAtMs + this.#intervalMs()) continue;
      ready.push(paced.held);
      paced.held = undefined;
      paced.sentAtMs = nowMs;
    }
    return ready;
  }

  /** When something that is held may go; undefined while nothing is. */
  nextDueMs(): number | undefined {
    const times = [...this.#paced.values()].filter((paced) => paced.held !== undefined).map((paced) => paced.sentAtMs);
    return times.length === 0 ? undefined : Math.min(...times) + this.#intervalMs();
  }

  /** Forgets a key and what is held of it. */
  forget(key: string): void {
    this.#paced.delete(key);
  }
}
