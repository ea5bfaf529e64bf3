import { totalmem } from "node:os";
import type { HostConfig, HostOrder, HostRank, HostStatus, RankEndpoints } from "@snapdeck/contract/host";
import type { Logger } from "pino";
import { Admission } from "./admission.ts";
import { isUnresolved } from "./cluster-facts.ts";
import type { ClusterFile } from "./cluster-file.ts";
import { liveDirectory, restoreDirectory, trialDirectory } from "./cluster-layout.ts";
import { DiskGauge } from "./disk-space.ts";
import { newSecret, RANK_USERNAME } from "./host-secrets.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { ProcessRecords } from "./process-records.ts";
import { RankGroup } from "./rank-group.ts";
import type { RankSlot, SlotSetup } from "./rank-slot.ts";
import { Restores } from "./restores.ts";
import { Trials } from "./trials.ts";

/** Of the machine's memory, for all ranks together. The rest is for the page cache, the BFF and the rest of the machine. */
const MEMORY_SHARE = 0.7;

/** Of the machine's memory, for a trial's ranks together, which may work beside the live ones. They scan one table at a time. */
const TRIAL_MEMORY_SHARE = 0.2;

export type HostManagerParts = {
  config: HostConfig;
  /** The real path of the cluster directory. */
  clusterDir: string;
  /** The real path of the store. */
  storeRoot: string;
  /** The real paths of the directories of database backups. */
  backupRoots: readonly string[];
  rankPassword: string;
  file: ClusterFile;
  records: ProcessRecords;
  log: Logger;
};

/** The cluster on this host: its ranks, their lifecycle, their restores and trials. */
export class HostManager {
  readonly restores: Restores;
  readonly trials: Trials;
  readonly #lifecycle: Lifecycle;
  readonly #parts: HostManagerParts;
  readonly #disk: DiskGauge;

  constructor(parts: HostManagerParts) {
    const { config, clusterDir, storeRoot, backupRoots, file, records, log } = parts;
    this.#parts = parts;
    this.#disk = new DiskGauge(clusterDir);
    const rankNumbers = Array.from({ length: file.facts.ranks }, (_, rank) => rank);
    const common = {
      storeRoot,
      backupRoots: [...backupRoots],
      username: RANK_USERNAME,
      memoryLimitBytes: Math.floor((totalmem() * MEMORY_SHARE) / file.facts.ranks),
    };
    const live = rankNumbers.map(
      (rank): SlotSetup => ({
        ...common,
        rank,
        dataDir: liveDirectory(clusterDir, rank),
        password: parts.rankPassword,
        mode: "users",
        restarts: true,
      }),
    );
    const admission = new Admission();
    this.#lifecycle = new Lifecycle({
      live: new RankGroup(live, records, log),
      file,
      admission,
      drainMs: config.drainMs,
      log,
    });
    /** Ranks on directories of their own, with a password that users do not know; not started yet. */
    const maintenanceRanks = (
      directory: typeof restoreDirectory,
      operationId: string,
      onLost: (rank: number, reason: string) => void,
      limits: Partial<SlotSetup> = {},
    ) => {
      const password = newSecret();
      const setups = rankNumbers.map(
        (rank): SlotSetup => ({
          ...common,
          rank,
          dataDir: directory(clusterDir, rank, operationId),
          password,
          mode: "maintenance",
          restarts: false,
          onLost,
          ...limits,
        }),
      );
      return new RankGroup(setups, records, log);
    };
    this.restores = new Restores({
      clusterDir,
      file,
      admission,
      lifecycle: this.#lifecycle,
      log,
      maintenanceRanks: (operationId, onLost) => maintenanceRanks(restoreDirectory, operationId, onLost),
    });
    const trialMemoryBytes = Math.floor((totalmem() * TRIAL_MEMORY_SHARE) / file.facts.ranks);
    this.trials = new Trials({
      clusterDir,
      idleMs: config.trialIdleMs,
      log,
      maintenanceRanks: (operationId, onLost) =>
        maintenanceRanks(trialDirectory, operationId, onLost, { memoryLimitBytes: trialMemoryBytes }),
    });
  }

  /** Brings the ranks to the state that was asked for last; returns while they start. */
  begin(): Promise<void> {
    return this.#lifecycle.begin();
  }

  async status(): Promise<HostStatus> {
    const { facts } = this.#parts.file;
    const space = await this.#disk.space();
    const restore = facts.restores.findLast(isUnresolved);
    const { transition } = this.#lifecycle;
    const filling = (await Promise.all([this.restores.filling(), this.trials.filling()])).flat();
    return {
      clusterId: facts.clusterId,
      name: facts.name,
      state: this.#lifecycle.state,
      engineVersion: facts.engineVersion,
      fencingToken: facts.fencingToken,
      ranks: this.#lifecycle.live.slots.map((slot) => ({ ...rankOf(slot), ...space })),
      ...(transition === undefined ? {} : { transition }),
      ...(restore === undefined ? {} : { restore: await this.restores.get(restore.operationId) }),
      ...(filling.length === 0 ? {} : { filling }),
      storeRoot: this.#parts.storeRoot,
    };
  }

  /** Of the ranks that accept users. */
  endpoints(): RankEndpoints {
    return this.#lifecycle.live.endpoints;
  }

  async suspend(order: HostOrder, gone?: AbortSignal): Promise<HostStatus> {
    await this.#lifecycle.suspend(order, gone);
    return this.status();
  }

  async resume(order: HostOrder, gone?: AbortSignal): Promise<HostStatus> {
    await this.#lifecycle.resume(order, gone);
    return this.status();
  }

  /** Stops every process. What was asked for stays as it is, for the next start. */
  async close(): Promise<void> {
    await Promise.all([this.restores.close(), this.trials.close()]);
    await this.#lifecycle.close();
  }
}

function rankOf(slot: RankSlot): Omit<HostRank, "diskFreeBytes" | "diskTotalBytes"> {
  return {
    rank: slot.setup.rank,
    state: slot.state,
    since: slot.since,
    ...(slot.pid === undefined ? {} : { pid: slot.pid }),
    ...(slot.detail === undefined ? {} : { detail: slot.detail }),
  };
}
