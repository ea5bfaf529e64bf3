import type { Job } from "@snapdeck/contract/job";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { ClusterEvents } from "../clusters/cluster-events.ts";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import type { Log } from "../log.ts";
import type { ClusterEvent, JobService } from "../services.ts";
import { SYSTEM, systemActor } from "../system-actor.ts";
import type { BackupCatalog } from "./backup-catalog.ts";
import { MOST_TRIES, nextTryAt } from "./own-proof-tries.ts";

/** Backups completed longer ago than this are left to people, in milliseconds: no new console reads a whole old store. */
const LOOKS_BACK_MS = 24 * 60 * 60 * 1_000;

export type BackupVerifierParts = {
  readonly registry: ClusterRegistry;
  readonly store: Pick<JobStore, "repeated" | "activity">;
  readonly catalog: Pick<BackupCatalog, "unproven">;
  readonly jobs: Pick<JobService, "start">;
  readonly events: ClusterEvents;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
};

/**
 * Has every byte of each new backup read back (L2), one backup at a time. What it goes by is in the catalog and in the state database,
 * so that a server that died in between is made up for by the next one, and several servers start no verification twice: each try of
 * each backup has one key. One that could learn nothing, such as from a store that was away, is tried again a few times, later and later.
 */
export class BackupVerifier {
  readonly #parts: BackupVerifierParts;
  readonly #looks = new Map<ClusterId, { again: boolean; over: Promise<void> }>();
  #unwatch: (() => void)[] = [];
  #stopped = true;

  constructor(parts: BackupVerifierParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stopped = false;
    const { registry, events } = this.#parts;
    this.#unwatch = registry.all().map(({ cluster: { id } }) =>
      events.watch(id, (event) => {
        if (makesRoomForOne(event)) this.look(id);
      }),
    );
  }

  /** Starts the next verification, where one is due and none is under way. */
  look(clusterId: ClusterId): void {
    if (this.#stopped) return;
    const looking = this.#looks.get(clusterId);
    if (looking !== undefined) {
      looking.again = true;
      return;
    }
    const look = { again: true, over: Promise.resolve() };
    this.#looks.set(clusterId, look);
    look.over = this.#lookWhile(clusterId, look);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unwatch of this.#unwatch) unwatch();
    await Promise.all([...this.#looks.values()].map(({ over }) => over));
  }

  async #lookWhile(clusterId: ClusterId, look: { again: boolean }): Promise<void> {
    try {
      while (look.again && !this.#stopped) {
        look.again = false;
        await this.#startNext(clusterId);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, clusterId }, "new backups could not be verified; that is tried again");
    } finally {
      this.#looks.delete(clusterId);
    }
  }

  async #startNext(clusterId: ClusterId): Promise<void> {
    const { store, catalog, clock } = this.#parts;
    const { items } = await store.activity(clusterId);
    if (items.some((job) => isOurs(job) && !isEnded(job.state))) return;
    const since = new Date(Date.parse(clock()) - LOOKS_BACK_MS).toISOString();
    for (const backupId of await catalog.unproven(clusterId, since)) {
      if (await this.#started(clusterId, backupId)) return;
    }
  }

  /** Answers whether a verification of that backup is under way now. */
  async #started(clusterId: ClusterId, backupId: BackupId): Promise<boolean> {
    const { store, jobs, clock, newId, log } = this.#parts;
    const work = { kind: "verify-backup", backupId, level: "L2" } as const;
    const actor = systemActor(newId);
    try {
      for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
        const idempotencyKey = `verify:${backupId}:L2${attempt === 1 ? "" : `:${attempt}`}`;
        const before = await store.repeated({ clusterId, work, requestedBy: actor, idempotencyKey });
        if (before === undefined) {
          const job = await jobs.start(clusterId, work, actor, idempotencyKey);
          log.info({ clusterId, backupId, jobId: job.id, attempt }, "verifying a new backup");
          return true;
        }
        if (!isEnded(before.state)) return true;
        const next = nextTryAt(before, attempt);
        if (next === undefined || Date.parse(clock()) < next) return false;
      }
      return false;
    } catch (error) {
      if (!(error instanceof SnapdeckError)) throw error;
      log.info({ clusterId, backupId, code: error.code }, "a new backup cannot be verified now; that is tried again");
      return false;
    }
  }
}

function isOurs({ work, requestedBy }: Job): boolean {
  return work.kind === "verify-backup" && requestedBy === SYSTEM;
}

/** A backup that can be verified now, or the end of the verification before it. */
function makesRoomForOne(event: ClusterEvent): boolean {
  if (event.type !== "job" || !isEnded(event.job.state)) return false;
  return event.job.work.kind === "backup" || event.job.work.kind === "verify-backup";
}
