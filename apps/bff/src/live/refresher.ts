/**
 * Does the same work again whenever it is asked to: one at a time, with a pause between, and once for all who ask meanwhile.
 * What is asked while it works is done after it, so the last state is never missed.
 */
export class Refresher {
  readonly #work: () => Promise<void>;
  readonly #pauseMs: number;
  readonly #onError: (error: unknown) => void;
  #asked = false;
  #working = false;
  #pause: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(work: () => Promise<void>, pauseMs: number, onError: (error: unknown) => void) {
    this.#work = work;
    this.#pauseMs = pauseMs;
    this.#onError = onError;
  }

  ask(): void {
    this.#asked = true;
    if (this.#working || this.#pause !== undefined || this.#stopped) return;
    this.#asked = false;
    this.#working = true;
    this.#work()
      .catch(this.#onError)
      .finally(() => {
        this.#working = false;
        if (!this.#stopped) this.#rest();
      });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
  }

  #rest(): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#asked) this.ask();
    }, this.#pauseMs);
  }
}
