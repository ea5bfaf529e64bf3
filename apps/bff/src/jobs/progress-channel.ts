import type { Job, Progress, RankProgress } from "@snapdeck/contract/job";
import type { Clock } from "@snapdeck/core/clock";
import { measure, type ProgressMeter } from "@snapdeck/core/jobs/progress-meter";
import { Coalescer } from "./coalescer.ts";

/** At most 10 a second are told to watchers, and one a second is written down (architecture section 10). */
const TELL_EVERY_MS = 100;
const STORE_EVERY_MS = 1_000;

export type ProgressSinks = {
  readonly tell: (progress: Progress) => void;
  readonly store: (progress: Progress) => void;
};

/** Measures what the work reports, and passes it on no faster than anybody can use it. */
export class ProgressChannel {
  readonly #clock: Clock;
  readonly #told: Coalescer<Progress>;
  readonly #stored: Coalescer<Progress>;
  #meter: ProgressMeter;
  #latest: Progress | undefined;

  /** A job that is taken up goes on from what was shown of it before. */
  constructor(job: Job, clock: Clock, sinks: ProgressSinks) {
    this.#clock = clock;
    this.#latest = job.progress;
    this.#meter = { samples: [], ranks: job.progress?.ranks ?? [] };
    this.#told = new Coalescer(TELL_EVERY_MS, sinks.tell);
    this.#stored = new Coalescer(STORE_EVERY_MS, sinks.store);
  }

  get latest(): Progress | undefined {
    return this.#latest;
  }

  report(ranks: readonly RankProgress[]): void {
    const at = this.#clock();
    const { meter, progress } = measure(this.#meter, ranks, at, Date.parse(at));
    this.#meter = meter;
    this.#latest = progress;
    this.#told.offer(progress);
    this.#stored.offer(progress);
  }

  stop(): void {
    this.#told.stop();
    this.#stored.stop();
  }
}
