import { lstatSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RankState } from "@snapdeck/contract/host";
import type { Logger } from "pino";
import type { RankCommand } from "../rank/rank-messages.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { waitForEngineLock } from "./engine-lock.ts";
import { probeRank } from "./probe-rank.ts";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";
import type { ProcessRecords } from "./process-records.ts";
import { describeExit, type RankExit, RankProcess, type RankReady } from "./rank-process.ts";
import { crashesInARow, restartDelayMs } from "./restart-policy.ts";

/** How long a start waits for the process before it, which may still be closing its engine. */
const LOCK_WAIT_MS = 25_000;
/** An engine with many parts reads them all before it serves. */
const START_TIMEOUT_MS = 180_000;
/** Closing an engine takes below a second. A rank gives its own stop 20 s; one that takes longer hangs. */
const STOP_GRACE_MS = 25_000;

export type SlotSetup = Omit<Extract<RankCommand, { type: "open" }>, "type" | "port" | "listenHost"> & {
  /** True: a rank that ends by itself is started again. False: it stays down, and `onLost` is told. */
  restarts: boolean;
  onLost?: (rank: number, reason: string) => void;
};

/** The place of one rank: at most one process at a time, started again when it ends unasked. */
export class RankSlot {
  readonly setup: SlotSetup;
  state: RankState = "down";
  since = new Date().toISOString();
  detail: string | undefined;
  ready: RankReady | undefined;
  queriesLeft = 0;
  readonly #records: ProcessRecords;
  readonly #log: Logger;
  #process: RankProcess | undefined;
  #lastIdentity: ProcessIdentity | undefined;
  #wanted: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();
  #lastExit: RankExit | undefined;

  constructor(setup: SlotSetup, records: ProcessRecords, log: Logger) {
    this.setup = setup;
    this.#records = records;
    this.#log = log.child({ rank: setup.rank, mode: setup.mode });
  }

  get pid(): number | undefined {
    return this.#process?.identity.pid;
  }

  /** The process of this place, or the last one it had, still lives. */
  get hasProcess(): boolean {
    return this.#lastIdentity !== undefined && isAlive(this.#lastIdentity);
  }

  /** Resolves once the rank answers queries; rejects, with the reason as message, when its first life ends before that. */
  start(): Promise<void> {
    const first = deferred<void>();
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#loop = this.#keepAlive(wanted.signal, first);
    return first.promise;
  }

  async drain(timeoutMs: number): Promise<void> {
    if (this.#process === undefined || this.state !== "up") return;
    this.#turn("draining");
    await this.#process.drain(timeoutMs, (queriesLeft) => {
      this.queriesLeft = queriesLeft;
    });
    this.queriesLeft = 0;
  }

  /** Ends the process and waits until it is gone. True when it closed its engine cleanly. `graceMs` 0 kills at once. */
  async stop(graceMs: number = STOP_GRACE_MS): Promise<boolean> {
    this.#wanted?.abort();
    const process = this.#process;
    let clean = this.#lastExit === undefined || this.#lastExit.code === 0;
    if (process !== undefined) {
      this.#turn("stopping");
      if (graceMs === 0) process.kill();
      const exit = await process.stop(graceMs);
      clean = exit.code === 0;
    }
    await this.#loop;
    this.#turn("down");
    return clean;
  }

  async #keepAlive(signal: AbortSignal, first: Deferred<void>): Promise<void> {
    let crashes = 0;
    while (!signal.aborted) {
      this.#turn("starting");
      const { reason, upMs } = await this.#liveOnce(signal, first);
      first.reject(new Error(reason));
      if (signal.aborted) return;
      crashes = crashesInARow(crashes, upMs);
      const delayMs = this.setup.restarts ? restartDelayMs(crashes) : undefined;
      const next = delayMs === undefined ? "it is not started again" : `it is started again in ${delayMs} ms`;
      this.#turn(
        "crashed",
        crashes > 1 ? `${reason}; that was ${crashes} times in a row: ${next}` : `${reason}; ${next}`,
      );
      this.#log.error({ reason, crashes, delayMs }, "the rank ended by itself");
      if (delayMs === undefined) {
        this.setup.onLost?.(this.setup.rank, reason);
        return;
      }
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    }
    first.reject(new Error("the rank was stopped before it was up"));
  }

  /** One process from start to end. Answers why it ended and how long it served. */
  async #liveOnce(signal: AbortSignal, first: Deferred<void>): Promise<{ reason: string; upMs: number }> {
    try {
      assertThere(this.setup.dataDir);
      await this.#waitForLock(signal);
      if (signal.aborted) return { reason: "stopped", upMs: 0 };
      const process = this.#fork();
      try {
        await this.#waitForReady(process);
      } catch (error) {
        process.kill();
        await process.exited;
        return { reason: reasonOf(error), upMs: 0 };
      }
      if (!signal.aborted) this.#turn("up");
      const upSince = performance.now();
      first.resolve();
      return { reason: describeExit(await process.exited), upMs: performance.now() - upSince };
    } catch (error) {
      return { reason: reasonOf(error), upMs: 0 };
    } finally {
      this.#process = undefined;
    }
  }

  async #waitForLock(signal: AbortSignal): Promise<void> {
    const holder = await waitForEngineLock(this.setup.dataDir, {
      timeoutMs: LOCK_WAIT_MS,
      signal,
      onWait: (pid) => {
        this.detail = `waiting for process ${pid}, which still holds the data directory`;
        this.#log.warn({ holder: pid }, "waiting for the process that still holds the data directory");
      },
    });
    if (holder !== undefined) throw new Error(`the data directory is held by process ${holder}, which is none of ours`);
  }

  #fork(): RankProcess {
    const process = new RankProcess();
    this.#process = process;
    this.#lastIdentity = process.identity;
    this.#lastExit = undefined;
    this.detail = undefined;
    try {
      this.#records.add(process.identity);
    } catch (error) {
      process.kill();
      throw error;
    }
    void process.exited.then((exit) => {
      this.#lastExit = exit;
      this.#records.remove(process.identity);
    });
    const { restarts: _, onLost: __, ...command } = this.setup;
    process.open({ ...command, listenHost: "127.0.0.1", port: 0 });
    return process;
  }

  async #waitForReady(process: RankProcess): Promise<void> {
    const timeout = new AbortController();
    const late = sleep(START_TIMEOUT_MS, undefined, { signal: timeout.signal }).then(() => {
      throw new Error(`the rank was not ready after ${START_TIMEOUT_MS / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      const ready = await Promise.race([process.ready, late]);
      await Promise.race([probeRank({ ...this.setup, port: ready.port }), late]);
      this.ready = ready;
    } finally {
      timeout.abort();
    }
  }

  #turn(state: RankState, detail?: string): void {
    this.state = state;
    this.detail = detail;
    this.since = new Date().toISOString();
  }
}

/** An engine makes what is missing: data that is gone would look like a cluster that never had any. */
function assertThere(dataDir: string): void {
  if (lstatSync(dataDir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new Error(`the data directory ${dataDir} is missing; nothing was made in its place. Put it back`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
