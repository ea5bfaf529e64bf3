import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { LiveFrame } from "@snapdeck/contract/live";
import { ROLES } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { ClusterEvent, Services } from "../services.ts";
import { ChangeStream } from "./change-stream.ts";
import { type EncodedFrame, encodeFrame } from "./encode-frame.ts";
import { Follower } from "./follower.ts";
import type { Sequenced } from "./job-sequence.ts";
import { ProgressPacer } from "./progress-pacer.ts";
import type { Reader } from "./reader.ts";
import { Refresher } from "./refresher.ts";

export type FeedServices = Pick<Services, "clusters" | "jobs">;

/** At most ten a second for each job (architecture.md section 10), and fewer where so many read that sending takes long. */
const PROGRESS_EVERY_MS = 100;
const PROGRESS_MS_PER_READER = 0.1;
/** At about 1 KiB a change, a page stays well below what makes a reader too slow. */
const REPLAY_CHANGES = 200;
const VIEW_EVERY_MS = 200;

type ProgressFrame = Extract<LiveFrame, { type: "progress" }>;

type Parts = {
  readonly clusterId: ClusterId;
  readonly services: FeedServices;
  /** The reader cannot follow and must be let go. */
  readonly onTooSlow: (reader: Reader) => void;
  readonly onError: (error: unknown) => void;
};

function hasEnded(job: Job): boolean {
  return !UNDER_WAY.some((name) => name === job.state.name);
}

/** All that happens on one cluster, told to all who follow it: one subscription, each frame serialised once. */
export class ClusterFeed {
  readonly #parts: Parts;
  readonly #followers = new Map<Reader, Follower<EncodedFrame>>();
  /** Live readers that were not shown the cluster yet. */
  readonly #newcomers = new Set<Reader>();
  readonly #changes: ChangeStream;
  readonly #pacer = new ProgressPacer<ProgressFrame>(() =>
    Math.max(PROGRESS_EVERY_MS, this.#followers.size * PROGRESS_MS_PER_READER),
  );
  readonly #views: Refresher;
  #viewChanged = false;
  #progressTimer: NodeJS.Timeout | undefined;
  #started: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { clusterId, services, onError } = parts;
    this.#views = new Refresher(() => this.#showCluster(), VIEW_EVERY_MS, onError);
    this.#changes = new ChangeStream({
      clusterId,
      jobs: services.jobs,
      onChange: (change) => this.#jobChanged(change),
      onLost: () => {
        for (const reader of [...this.#followers.keys()]) this.#resync(reader);
      },
      onError,
    });
  }

  get isUnused(): boolean {
    return this.#followers.size === 0;
  }

  stop(): void {
    this.#unwatch?.();
    this.#changes.stop();
    this.#views.stop();
    clearTimeout(this.#progressTimer);
  }

  unfollow(reader: Reader): void {
    this.#followers.delete(reader);
    this.#newcomers.delete(reader);
  }

  /**
   * Replays what came after `since`, then streams. What happens during the replay is held from its first moment.
   * @throws {SnapdeckError} `cluster-not-found`
   */
  async follow(reader: Reader, since: number): Promise<void> {
    const follower = new Follower<EncodedFrame>(since);
    this.#followers.set(reader, follower);
    const isCurrent = () => this.#followers.get(reader) === follower;
    try {
      await this.#start();
      if (since > this.#changes.head && (await this.#isAhead(since))) {
        if (isCurrent()) this.#resync(reader);
        return;
      }
      if (!(await this.#replay(reader, follower, isCurrent))) return;
    } catch (error) {
      if (isCurrent()) this.unfollow(reader);
      throw error;
    }
    for (const { value } of follower.cutOver()) this.#deliverState(reader, value);
    if (!isCurrent()) return;
    reader.deliver(encodeFrame({ type: "following", clusterId: this.#parts.clusterId, seq: follower.last }));
    if (follower.last > since) reader.deliver(encodeFrame({ type: "backups", clusterId: this.#parts.clusterId }));
    this.#newcomers.add(reader);
    this.#views.ask();
  }

  /** Subscribes, then finds where the stream stands, once for all followers; tried again when that failed. */
  async #start(): Promise<void> {
    const { clusterId, services } = this.#parts;
    this.#unwatch ??= services.clusters.watch(clusterId, (event) => this.#happened(event));
    this.#started ??= this.#changes.start();
    try {
      await this.#started;
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
  }

  /** Whether the reader has seen changes that the store never made: it was reading another state of the store. */
  async #isAhead(since: number): Promise<boolean> {
    const { seq } = await this.#parts.services.jobs.activity(this.#parts.clusterId);
    return since > seq;
  }

  /** Whether the replay went through to its end. */
  async #replay(reader: Reader, follower: Follower<EncodedFrame>, isCurrent: () => boolean): Promise<boolean> {
    const { clusterId, services } = this.#parts;
    for (;;) {
      // Before the first page too: who asks again and again without reading must not pile pages up in our memory.
      await reader.drained();
      if (!isCurrent()) return false;
      const changes = await services.jobs.changesSince(clusterId, follower.last, REPLAY_CHANGES);
      if (!isCurrent()) return false;
      if (changes === undefined) {
        this.#resync(reader);
        return false;
      }
      for (const { seq, job } of changes) {
        const frame = encodeFrame({ type: "job", clusterId, seq, job });
        if (follower.replayed({ seq, value: frame })) reader.deliver(frame);
      }
      if (changes.length < REPLAY_CHANGES) return true;
    }
  }

  #happened(event: ClusterEvent): void {
    const { clusterId } = this.#parts;
    switch (event.type) {
      case "job":
        this.#changes.happened({ seq: event.seq, value: event.job });
        break;
      case "progress": {
        const { jobId, attempt, progress } = event;
        this.#progressed({ type: "progress", clusterId, jobId, attempt, progress });
        break;
      }
      case "backups":
        this.#tellLive(encodeFrame({ type: "backups", clusterId }));
        break;
      case "cluster":
        this.#viewChanged = true;
        this.#views.ask();
        break;
    }
  }

  #jobChanged({ seq, value: job }: Sequenced<Job>): void {
    // What is held of its progress would come after its end.
    if (hasEnded(job)) this.#pacer.forget(job.id);
    const frame = encodeFrame({ type: "job", clusterId: this.#parts.clusterId, seq, job });
    for (const [reader, follower] of this.#followers) {
      const outcome = follower.happened({ seq, value: frame });
      if (outcome === "send") this.#deliverState(reader, frame);
      else if (outcome === "too-many") this.#parts.onTooSlow(reader);
    }
  }

  #progressed(frame: ProgressFrame): void {
    const now = performance.now();
    const ready = this.#pacer.offer(frame.jobId, frame, now);
    if (ready !== undefined) this.#tellLive(encodeFrame(ready));
    this.#progressTimer ??= this.#whenDue(now);
  }

  #whenDue(now: number): NodeJS.Timeout | undefined {
    const dueMs = this.#pacer.nextDueMs();
    if (dueMs === undefined) return undefined;
    return setTimeout(() => {
      const then = performance.now();
      for (const held of this.#pacer.due(then)) this.#tellLive(encodeFrame(held));
      this.#progressTimer = this.#whenDue(then);
    }, dueMs - now);
  }

  async #showCluster(): Promise<void> {
    const { clusterId, services } = this.#parts;
    const readers = this.#viewChanged ? this.#live() : [...this.#newcomers];
    this.#viewChanged = false;
    this.#newcomers.clear();
    for (const role of ROLES) {
      const those = readers.filter((reader) => reader.presence.user.role === role);
      if (those.length === 0) continue;
      const frame = encodeFrame({ type: "cluster", cluster: await services.clusters.view(clusterId, role) });
      for (const reader of those) if (this.#followers.has(reader)) reader.deliver(frame);
    }
  }

  #live(): Reader[] {
    return [...this.#followers].filter(([, follower]) => follower.isLive).map(([reader]) => reader);
  }

  #tellLive(frame: EncodedFrame): void {
    for (const [reader, follower] of this.#followers) if (follower.isLive) reader.deliver(frame);
  }

  #deliverState(reader: Reader, frame: EncodedFrame): void {
    if (reader.isTooSlow) this.#parts.onTooSlow(reader);
    else reader.deliver(frame);
  }

  #resync(reader: Reader): void {
    this.unfollow(reader);
    reader.deliver(encodeFrame({ type: "resync", clusterId: this.#parts.clusterId }));
  }
}
