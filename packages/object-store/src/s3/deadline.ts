/** A span of time after which work is given up; it ends early when whoever asked for the work loses interest. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#outer?.reason);
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs: number;
  #isPast = false;

  constructor(spanMs: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#endsAtMs = performance.now() + spanMs;
    this.#start();
    if (outer?.aborted) this.#giveUp();
    outer?.addEventListener("abort", this.#giveUp, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether time ran out, and nobody had lost interest before. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** Gives the work that much more time. */
  extend(byMs: number): void {
    this.#endsAtMs += byMs;
    this.#start();
  }

  /** Lets go of clock and listener; to be called when the work has ended. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#giveUp);
  }

  #start(): void {
    clearTimeout(this.#timer);
    // A timer takes no more than 2^31 - 1 ms; whoever has that long need not be told.
    const spanMs = Math.min(2 ** 31 - 1, this.#endsAtMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#isPast = !this.#controller.signal.aborted;
      this.#controller.abort(new Error("the time is up"));
    }, spanMs);
  }
}
