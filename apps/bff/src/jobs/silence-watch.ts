import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** How long work that was told to stop may take over that, in milliseconds. */
const STOP_WITHIN_MS = 60_000;

/**
 * Notices work that reports nothing any more: a store, a disk or our own code hangs. First it is told to stop; when it does not end then
 * either, it is given up. Work that stands still and says so is its cluster's to judge.
 */
export class SilenceWatch {
  readonly #silenceMs: number;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #failure: SnapdeckError | undefined;
  #giveUp: (error: SnapdeckError) => void = () => undefined;
  /** Never resolves; rejects with `no-progress` when the work is given up. */
  readonly givenUp: Promise<never>;

  /**
   * @param silenceMs how long work may report nothing, in milliseconds
   * @param stop tells the work to stop
   */
  constructor(silenceMs: number, stop: () => void) {
    this.#silenceMs = silenceMs;
    this.#stop = stop;
    this.givenUp = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    // The work may have ended by then, and nobody waits.
    this.givenUp.catch(() => undefined);
    this.heard();
  }

  heard(): void {
    this.end();
    this.#timer = setTimeout(() => this.#tellToStop(), this.#silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** @throws {SnapdeckError} `no-progress` once the work is given up: should it wake, it changes nothing more. */
  mustGoOn(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #tellToStop(): void {
    this.#stop();
    this.#timer = setTimeout(
      () => {
        this.#failure = gaveNoSign(this.#silenceMs, "and did not end when it was told to; it can change nothing more");
        this.#giveUp(this.#failure);
      },
      Math.min(STOP_WITHIN_MS, this.#silenceMs),
    );
  }
}

/** @param and what came of it, as the end of a sentence */
export function gaveNoSign(silenceMs: number, and: string): SnapdeckError {
  return new SnapdeckError(
    "no-progress",
    `the work gave no sign of life for ${Math.round(silenceMs / 1_000)} s ${and}`,
    { hint: "Look at the store, the disk and the ranks, then start it again." },
  );
}
