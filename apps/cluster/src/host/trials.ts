import type { HostFillOrder, HostStatus, HostTrial, RankEndpoints } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { Logger } from "pino";
import { FreshDirectories } from "./fresh-directories.ts";
import type { RankGroup } from "./rank-group.ts";
import { removeTrialDirectories, removeTrialLeftovers } from "./removal.ts";

export type TrialParts = {
  clusterDir: string;
  /** A trial that nobody asked for so long is discarded, in milliseconds. */
  idleMs: number;
  /** Makes the throw-away ranks of a trial, not started yet. */
  maintenanceRanks: (operationId: string, onLost: (rank: number, reason: string) => void) => RankGroup;
  log: Logger;
};

type Trial = {
  readonly operationId: string;
  readonly openedAt: string;
  readonly neededBytes: number;
  readonly group: RankGroup;
  readonly directories: FreshDirectories;
  phase: HostTrial["phase"];
  detail: string | undefined;
  /** What goes on in the background; never rejects. */
  work: Promise<void>;
};

/**
 * What may be asked about trials, as HostTrial describes it. One at a time, whatever the cluster does, and known to this process
 * alone: nothing of a trial is ever needed again. Orders are not fenced: no live data is touched here.
 */
export class Trials {
  readonly #parts: TrialParts;
  /** The newest; ended or not. */
  #trial: Trial | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(parts: TrialParts) {
    this.#parts = parts;
  }

  open({ operationId, neededBytes = 0 }: HostFillOrder): Promise<HostTrial> {
    const known = this.#trial;
    if (known !== undefined && !isEnded(known)) {
      if (known.operationId === operationId) return this.get(operationId);
      throw new SnapdeckError("cluster-busy", `trial ${known.operationId} is ${known.phase}; nothing was begun`, {
        hint: "Wait until that verification has ended.",
      });
    }
    const group = this.#parts.maintenanceRanks(operationId, (rank, reason) =>
      this.#end(trial, "failed", `throw-away rank ${rank} is lost: ${reason}`),
    );
    const trial: Trial = {
      operationId,
      openedAt: new Date().toISOString(),
      neededBytes,
      group,
      directories: new FreshDirectories(group),
      phase: "preparing",
      detail: undefined,
      work: Promise.resolve(),
    };
    this.#trial = trial;
    this.#parts.log.info({ operationId }, "a trial is opened");
    trial.work = this.#prepare(trial);
    return this.get(operationId);
  }

  /** Throws `job-not-found` when that trial was never opened or is forgotten. */
  async get(operationId: string): Promise<HostTrial> {
    const trial = this.#find(operationId);
    this.#touch(trial);
    const sizes = isEnded(trial) ? [] : await trial.directories.bytesOnDisk();
    return {
      operationId,
      phase: trial.phase,
      ...(trial.detail === undefined ? {} : { detail: trial.detail }),
      ranks: trial.group.slots.map(({ setup }) => ({ rank: setup.rank, bytesOnDisk: sizes[setup.rank] ?? 0 })),
      openedAt: trial.openedAt,
    };
  }

  /** What the open one still needs of the free bytes. */
  async filling(): Promise<NonNullable<HostStatus["filling"]>> {
    const trial = this.#trial;
    if (trial === undefined || trial.neededBytes === 0 || !["preparing", "ready"].includes(trial.phase)) return [];
    const { operationId, directories, neededBytes } = trial;
    return [{ operationId, stillNeededBytes: await directories.stillNeededBytes(neededBytes) }];
  }

  /** Of its throw-away ranks. Throws `cluster-busy` before they serve and `job-finished` after. */
  endpoints(operationId: string): RankEndpoints {
    const trial = this.#find(operationId);
    this.#touch(trial);
    if (trial.phase === "ready") return trial.group.endpoints;
    if (trial.phase === "preparing") {
      throw new SnapdeckError("cluster-busy", `the throw-away ranks of trial ${operationId} are still starting`);
    }
    throw new SnapdeckError("job-finished", `trial ${operationId} is ${trial.phase}; it has no ranks any more`);
  }

  discard(operationId: string): Promise<HostTrial> {
    this.#end(this.#find(operationId), "discarded");
    return this.get(operationId);
  }

  /** Ends the trial that is open, and removes what it built. */
  async close(): Promise<void> {
    if (this.#trial === undefined) return;
    this.#end(this.#trial, "discarded");
    await this.#trial.work;
  }

  async #prepare(trial: Trial): Promise<void> {
    const { clusterDir } = this.#parts;
    try {
      await failpoint("trial.beforeDirectories");
      // Two trials are never open at once: what is there was left by one whose removal failed.
      await removeTrialLeftovers(clusterDir);
      trial.directories.make();
      await failpoint("trial.beforeRanks");
      const failures = await trial.group.start();
      if (failures.length > 0) throw new Error(failures.join("; "));
      await failpoint("trial.beforeReady");
      if (trial.phase === "preparing") trial.phase = "ready";
    } catch (error) {
      this.#end(trial, "failed", error instanceof Error ? error.message : String(error));
    }
  }

  /** Ends a trial once, whoever asks first. */
  #end(trial: Trial, phase: "discarded" | "failed", detail?: string): void {
    if (trial.phase !== "preparing" && trial.phase !== "ready") return;
    const { operationId } = trial;
    this.#parts.log.info({ operationId, phase, detail }, "a trial ends");
    trial.phase = "discarding";
    trial.detail = detail;
    clearTimeout(this.#idle);
    trial.work = this.#remove(trial, trial.work).then(() => {
      trial.phase = phase;
    });
  }

  /** Removes the throw-away directories, after what still starts there (`before`) has ended. */
  async #remove(trial: Trial, before: Promise<void>): Promise<void> {
    const { clusterDir, log } = this.#parts;
    try {
      await trial.group.stop(0);
      await before;
      await trial.group.stop(0);
      await failpoint("trial.beforeRemoval");
      await removeTrialDirectories(clusterDir, trial.operationId, trial.directories.paths.length);
    } catch (error) {
      log.warn({ operationId: trial.operationId, err: error }, "what a trial left is removed before the next one");
    }
  }

  #find(operationId: string): Trial {
    if (this.#trial?.operationId === operationId) return this.#trial;
    throw new SnapdeckError("job-not-found", `no trial ${operationId} is known here`);
  }

  /** Somebody still wants it. */
  #touch(trial: Trial): void {
    clearTimeout(this.#idle);
    if (trial.phase !== "preparing" && trial.phase !== "ready") return;
    const { idleMs } = this.#parts;
    this.#idle = setTimeout(() => this.#end(trial, "discarded", `nobody asked for it for ${idleMs} ms`), idleMs);
  }
}

function isEnded({ phase }: Trial): boolean {
  return phase === "discarded" || phase === "failed";
}
