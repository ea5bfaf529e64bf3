import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup/root.mjs";
import { bffConfig, hostConfig } from "./configs.mjs";
import { writePrivateJson } from "./home.mjs";
import { recordProcess } from "./home-lock.mjs";
import { rotateLog } from "./logs.mjs";
import { Supervisor } from "./supervisor.mjs";

/** How long a server that is up may take to stop when the other one did not come up. */
const STOP_AFTER_FAILURE_MS = 10_000;

/** The host manager and the BFF of one home. */
export class Stack {
  #layout;
  #settings;
  #options;
  #hostConfigFile;
  #bffConfigFile;
  #host;
  #bff;

  /**
   * @param {import("./home.mjs").HomeLayout} layout
   * @param {import("./home.mjs").HomeSettings} settings
   * @param {import("./options.mjs").Options} options
   * @param {(text: string) => void} tell
   */
  constructor(layout, settings, options, tell) {
    this.#layout = layout;
    this.#settings = settings;
    this.#options = options;
    mkdirSync(layout.configs, { recursive: true, mode: 0o700 });
    this.#hostConfigFile = join(layout.configs, "host.json");
    this.#bffConfigFile = join(layout.configs, "bff.json");
    const env = { SNAPDECK_LOG_LEVEL: options.logLevel };
    this.#host = new Supervisor(
      {
        title: "host manager",
        program: join(ROOT, "apps/cluster/dist/host.mjs"),
        configFile: this.#hostConfigFile,
        logFile: rotateLog(layout.logs, "host"),
        env,
      },
      (pid) => recordProcess(layout, "host", pid),
      tell,
    );
    this.#bff = new Supervisor(
      {
        title: "BFF",
        program: join(ROOT, "apps/bff/dist/bff.mjs"),
        configFile: this.#bffConfigFile,
        logFile: rotateLog(layout.logs, "bff"),
        env,
      },
      (pid) => recordProcess(layout, "bff", pid),
      tell,
    );
  }

  /**
   * Starts the host manager, then the BFF, and keeps both running.
   * @param {(failure: unknown) => void} failed learns it when one of them cannot be kept running
   * @returns {Promise<import("./server-process.mjs").ReadyLine>} what the BFF said
   */
  async up(failed) {
    try {
      writePrivateJson(this.#hostConfigFile, hostConfig(this.#layout, this.#settings, 0));
      const host = await this.#host.up(failed);
      // A host manager that is started again must be where the BFF looks for it.
      writePrivateJson(this.#hostConfigFile, hostConfig(this.#layout, this.#settings, portOf(host)));
      const { port } = this.#options;
      writePrivateJson(this.#bffConfigFile, bffConfig(this.#layout, this.#settings, port, this.#options, host));
      const bff = await this.#bff.up(failed);
      // And so must a BFF that took a free port: the operator has its address.
      writePrivateJson(this.#bffConfigFile, bffConfig(this.#layout, this.#settings, portOf(bff), this.#options, host));
      return bff;
    } catch (error) {
      await this.down(STOP_AFTER_FAILURE_MS);
      throw error;
    }
  }

  /**
   * Stops the BFF first, so that it does not take the end of the cluster for a failure, then the host manager.
   * @param {number} patienceMs for each
   */
  async down(patienceMs) {
    await this.#bff.down(patienceMs);
    await this.#host.down(patienceMs);
  }

  /** Ends both at once. */
  kill() {
    this.#bff.kill();
    this.#host.kill();
  }
}

/** @param {import("./server-process.mjs").ReadyLine} ready */
function portOf({ url }) {
  return Number(new URL(url).port);
}
