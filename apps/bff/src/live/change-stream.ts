import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { JobService } from "../services.ts";
import { JobSequence, type Sequenced } from "./job-sequence.ts";
import { Refresher } from "./refresher.ts";

/** A change that is told before its predecessor waits this long for it before the store is asked. */
const GAP_MS = 20;
const PAGE_CHANGES = 500;
/** More than that early, and the missing ones will not come by themselves. */
const MOST_EARLY = 5_000;

type Parts = {
  readonly clusterId: ClusterId;
  readonly jobs: Pick<JobService, "activity" | "changesSince">;
  /** Called with each change, in order, once. */
  readonly onChange: (change: Sequenced<Job>) => void;
  /** Changes are lost: readers must read over HTTP again. */
  readonly onLost: () => void;
  readonly onError: (error: unknown) => void;
};

/** The changes of one cluster's jobs in the order of the store, made of what is told as it happens and, where that has gaps, of the store. */
export class ChangeStream {
  readonly #parts: Parts;
  readonly #gap: Refresher;
  #sequence: JobSequence<Job> | undefined;
  #before: Sequenced<Job>[] = [];
  #gapTimer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#gap = new Refresher(() => this.#readGap(), 250, parts.onError);
  }

  /** Finds where the stream stands. Call it after the first event could be told, so that none falls between. */
  async start(): Promise<void> {
    const { seq } = await this.#parts.jobs.activity(this.#parts.clusterId);
    this.#sequence = new JobSequence(seq);
    const before = this.#before;
    this.#before = [];
    for (const change of before) this.happened(change);
  }

  stop(): void {
    clearTimeout(this.#gapTimer);
    this.#gap.stop();
  }

  /** The newest change that was passed on. */
  get head(): number {
    return this.#sequence?.head ?? 0;
  }

  happened(change: Sequenced<Job>): void {
    if (this.#sequence === undefined) {
      this.#before.push(change);
      return;
    }
    this.#offer(this.#sequence, change);
    if (!this.#sequence.isMissing || this.#gapTimer !== undefined) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      if (this.#sequence?.isMissing === true) this.#gap.ask();
    }, GAP_MS);
  }

  #offer(sequence: JobSequence<Job>, { seq, value }: Sequenced<Job>): void {
    for (const ready of sequence.offer(seq, value)) this.#parts.onChange(ready);
  }

  async #readGap(): Promise<void> {
    const { clusterId, jobs, onLost } = this.#parts;
    const sequence = this.#sequence;
    if (sequence === undefined) return;
    while (sequence.isMissing) {
      const changes = await jobs.changesSince(clusterId, sequence.head, PAGE_CHANGES);
      if (changes === undefined || (changes.length === 0 && sequence.early > MOST_EARLY)) {
        sequence.skipTo((await jobs.activity(clusterId)).seq);
        return onLost();
      }
      for (const { seq, job } of changes) this.#offer(sequence, { seq, value: job });
      if (changes.length === 0) return this.#gap.ask();
    }
  }
}
