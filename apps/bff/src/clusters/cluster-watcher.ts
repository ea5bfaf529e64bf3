import type { Clock } from "@snapdeck/core/clock";
import type { Cluster, ClusterObservation } from "@snapdeck/core/ports/cluster";
import { looksOf, shownObservation } from "./shown-observation.ts";
import { withDeadline } from "./with-deadline.ts";

/** How often a cluster is observed while a job changes its state, in milliseconds: quick enough to look live. */
const HURRIED_MS = 250;

export type WatcherOptions = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** How often the cluster is observed, in milliseconds. */
  readonly observeEveryMs: number;
  /** How long an answer is waited for, and how old the last one may be before the cluster counts as unreachable, in milliseconds. */
  readonly deadlineMs: number;
  /** Called when what is shown of the cluster became another. */
  readonly onChange: () => void;
  /** Called with each answer, whether anything changed or not. */
  readonly onObserved?: (observation: ClusterObservation) => void;
};

/** Observes one cluster again and again, and keeps what is shown of it. */
export class ClusterWatcher {
  readonly #options: WatcherOptions;
  #shown: ClusterObservation | undefined;
  #answer: { readonly observation: ClusterObservation; readonly atMs: number } | undefined;
  #hurries = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** What is shown: the last observation, or a fresh one before the first. */
  async shown(): Promise<ClusterObservation> {
    if (this.#shown === undefined) await this.observeNow();
    return this.#shown ?? this.#unreachable();
  }

  /** Asks the cluster itself, now: what rules are decided by. Answers within the deadline, with `unreachable` when the cluster did not. */
  async observeNow(): Promise<ClusterObservation> {
    const observed = await withDeadline(this.#ask(), this.#options.deadlineMs, () => this.#unreachable());
    this.#take(observed);
    this.#options.onObserved?.(observed);
    return observed;
  }

  /** Observes faster until the answer is called. */
  hurry(): () => void {
    this.#hurries += 1;
    if (!this.#stopped) this.#schedule(0);
    let hurries = true;
    return () => {
      if (hurries) this.#hurries -= 1;
      hurries = false;
    };
  }

  /** Resolves after the first observation. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#round();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    await this.observeNow();
    this.#schedule(this.#hurries > 0 ? HURRIED_MS : this.#options.observeEveryMs);
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#round(), afterMs);
  }

  async #ask(): Promise<ClusterObservation> {
    try {
      return await this.#options.cluster.lifecycle.observe();
    } catch {
      // The port promises not to throw; an adapter that breaks it is one that did not answer.
      return this.#unreachable();
    }
  }

  #take(observed: ClusterObservation): void {
    const nowMs = performance.now();
    const last = this.#answer;
    if (observed.state !== "unreachable") {
      if (last !== undefined && observed.observedAt < last.observation.observedAt) return;
      this.#answer = { observation: observed, atMs: nowMs };
    }
    const before = this.#shown;
    this.#shown = shownObservation(
      observed,
      last === undefined ? undefined : { observation: last.observation, ageMs: nowMs - last.atMs },
      this.#options.deadlineMs,
    );
    if (before === undefined || looksOf(before) !== looksOf(this.#shown)) this.#options.onChange();
  }

  #unreachable(): ClusterObservation {
    return {
      engine: this.#answer?.observation.engine ?? { name: "unknown", version: "unknown" },
      state: "unreachable",
      observedAt: this.#options.clock(),
      detail: "the cluster did not answer",
      ranks: [],
    };
  }
}
