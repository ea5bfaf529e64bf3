import { setTimeout as sleep } from "node:timers/promises";
import { EXIT_CODES, Failure, systemErrorCode } from "../setup/failure.mjs";
import { startServer } from "./server-process.mjs";

/** @typedef {import("./server-process.mjs").ServerProcess} ServerProcess */
/** @typedef {import("./server-process.mjs").ServerCommand} ServerCommand */

/** A server that comes up and dies this often within the window will not get better by itself. */
const MOST_DEATHS = 6;
const WINDOW_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/**
 * How long to wait before starting a server again: longer with each death of the last two minutes; undefined when it is enough.
 * @param {readonly number[]} deathsMs when it died, on any one clock
 * @param {number} nowMs
 * @returns {number | undefined} milliseconds
 */
export function pauseBeforeRestart(deathsMs, nowMs) {
  const recent = deathsMs.filter((at) => nowMs - at < WINDOW_MS).length;
  if (recent >= MOST_DEATHS) return undefined;
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(recent - 1, 0), LONGEST_PAUSE_MS);
}

/** Keeps one server running until it is told to stop. */
export class Supervisor {
  /** @type {number | undefined} */
  #pid;
  /** @type {number[]} */
  #deathsMs = [];
  #stopping = new AbortController();
  /** @type {Promise<void> | undefined} */
  #watching;
  #command;
  #record;
  #tell;

  /**
   * @param {ServerCommand} command
   * @param {(pid: number | undefined) => void} record called when its process exists and when it is gone
   * @param {(text: string) => void} tell
   */
  constructor(command, record, tell) {
    this.#command = command;
    this.#record = record;
    this.#tell = tell;
  }

  /**
   * Starts the server for the first time. `failed` learns it when the server cannot be kept running.
   * @param {(failure: unknown) => void} failed
   * @returns {Promise<import("./server-process.mjs").ReadyLine>}
   */
  async up(failed) {
    const server = await this.#start();
    this.#watching = this.#watch(server).catch(failed);
    return server.ready;
  }

  #start() {
    return startServer(this.#command, (pid) => {
      this.#pid = pid;
      this.#record(pid);
    });
  }

  /** @param {ServerProcess} first */
  async #watch(first) {
    /** @type {ServerProcess | undefined} */
    let server = first;
    while (server !== undefined) {
      const how = await server.ended;
      if (this.#stopping.signal.aborted) return;
      this.#tell(`The ${this.#command.title} stopped (${how}); starting it again ...`);
      server = await this.#startAgain();
      if (server !== undefined) this.#tell(`The ${this.#command.title} runs again.`);
    }
  }

  /** @returns {Promise<ServerProcess | undefined>} undefined when it was told to stop meanwhile */
  async #startAgain() {
    while (true) {
      this.#deathsMs.push(performance.now());
      const pauseMs = pauseBeforeRestart(this.#deathsMs, performance.now());
      if (pauseMs === undefined) {
        const { title, logFile } = this.#command;
        throw new Failure(
          "server-failed",
          `The ${title} stopped again and again; its log is ${logFile}. Everything is stopped.`,
        );
      }
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return undefined;
      try {
        return await this.#start();
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        if (!(error instanceof Failure) || error.exitCode !== EXIT_CODES["server-failed"]) throw error;
      }
    }
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    try {
      if (this.#pid !== undefined) process.kill(this.#pid, signal);
    } catch (error) {
      // ESRCH: it ended by itself a moment ago.
      if (systemErrorCode(error) !== "ESRCH") throw error;
    }
  }

  /**
   * Asks the server to end and waits until it has; ends it by force after `patienceMs`.
   * @param {number} patienceMs
   */
  async down(patienceMs) {
    this.#stopping.abort();
    this.#signal("SIGTERM");
    const timer = setTimeout(() => {
      this.#tell(`The ${this.#command.title} did not stop within ${patienceMs / 1000} s and is ended by force.`);
      this.#signal("SIGKILL");
    }, patienceMs);
    await this.#watching;
    clearTimeout(timer);
  }

  /** Ends the server at once. */
  kill() {
    this.#stopping.abort();
    this.#signal("SIGKILL");
  }
}
