import type { Sequenced } from "./job-sequence.ts";

/** Changes that may wait for a replay to end; a reader that needs longer is told to read over HTTP again. */
export const MOST_HELD = 2_000;

/**
 * One reader's place in the stream of one cluster: what was replayed from the store and what happens meanwhile come together
 * without a gap and without a repetition. The live side is held from the first moment, so that nothing falls between the two.
 */
export class Follower<T> {
  #last: number;
  #held: Sequenced<T>[] | undefined = [];

  /** @param since The newest change that the reader has. */
  constructor(since: number) {
    this.#last = since;
  }

  /** The newest change that the reader was given. */
  get last(): number {
    return this.#last;
  }

  /** Whether the replay is over. */
  get isLive(): boolean {
    return this.#held === undefined;
  }

  /** A change as it happens. `too-many`: the replay takes so long that this reader should start again. */
  happened(change: Sequenced<T>): "send" | "held" | "seen" | "too-many" {
    if (this.#held !== undefined) {
      if (this.#held.length >= MOST_HELD) return "too-many";
      this.#held.push(change);
      return "held";
    }
    return this.#takes(change) ? "send" : "seen";
  }

  /** A change from the store; whether it is news to the reader. */
  replayed(change: Sequenced<T>): boolean {
    return this.#takes(change);
  }

  /** The replay is over: what happened meanwhile and was not in it, in order. From now on, changes are sent as they happen. */
  cutOver(): Sequenced<T>[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.filter((change) => this.#takes(change));
  }

  #takes({ seq }: Sequenced<T>): boolean {
    if (seq <= this.#last) return false;
    this.#last = seq;
    return true;
  }
}
