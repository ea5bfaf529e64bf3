/** A change with its place in the stream. */
export type Sequenced<T> = { readonly seq: number; readonly value: T };

/**
 * Puts changes in order. They are told as they happen, and two that happen at the same time may be told the wrong way round; one
 * that was never told shows as `isMissing`, and is read from the store.
 */
export class JobSequence<T> {
  #head: number;
  readonly #early = new Map<number, T>();

  /** @param head The newest change that was passed on before. */
  constructor(head: number) {
    this.#head = head;
  }

  /** The newest change that was passed on; every one before it was too. */
  get head(): number {
    return this.#head;
  }

  /** Whether a change came whose predecessor did not. */
  get isMissing(): boolean {
    return this.#early.size > 0;
  }

  /** How many changes wait for their predecessor. */
  get early(): number {
    return this.#early.size;
  }

  /** Takes a change, in whatever order and however often, and answers what is to be passed on now. */
  offer(seq: number, value: T): Sequenced<T>[] {
    if (seq <= this.#head) return [];
    this.#early.set(seq, value);
    const ready: Sequenced<T>[] = [];
    for (;;) {
      const next = this.#early.get(this.#head + 1);
      if (next === undefined) return ready;
      this.#head += 1;
      this.#early.delete(this.#head);
      ready.push({ seq: this.#head, value: next });
    }
  }

  /** Gives up on what is missing: the stream goes on after `head`. */
  skipTo(head: number): void {
    this.#head = Math.max(head, this.#head);
    for (const seq of this.#early.keys()) if (seq <= this.#head) this.#early.delete(seq);
  }
}
