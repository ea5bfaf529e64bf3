import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClickHouseSettings } from "./cluster-parts.ts";
import { engineCodeOf } from "./engine-error.ts";
import { type EngineOperation, findOperation, killOperation } from "./engine-operation.ts";
import { pause } from "./pause.ts";
import type { RankClient, StatementOptions } from "./rank-client.ts";
import type { RankClients } from "./rank-clients.ts";

/** One engine operation on one rank, looked at again and again, across a rank that restarts elsewhere. */
export class RankWork {
  readonly rank: number;
  readonly operationId: string;
  readonly #clients: RankClients;
  readonly #settings: ClickHouseSettings;
  #client: RankClient;
  #silentSince: number | undefined;
  #moved: { mark: string; at: number } | undefined;
  #bytesSeen = 0;

  constructor(clients: RankClients, client: RankClient, operationId: string, settings: ClickHouseSettings) {
    this.rank = client.rank;
    this.operationId = operationId;
    this.#clients = clients;
    this.#client = client;
    this.#settings = settings;
  }

  get client(): RankClient {
    return this.#client;
  }

  /**
   * Sends the statement that begins the operation. When the answer was lost while the engine began, it is begun: the engine would
   * refuse a second statement of this id.
   * @throws {SnapdeckError} `engine-failed`, `disk-full`, `cluster-unreachable`, ...
   */
  async start(doing: string, statement: string, options?: StatementOptions): Promise<void> {
    try {
      await this.#client.run(doing, statement, options);
    } catch (thrown) {
      const isRefused = engineCodeOf(thrown) !== undefined;
      if (isRefused || !(await findOperation(this.#client, this.operationId).catch(() => undefined))) throw thrown;
    }
  }

  /** Told by whoever sees what it writes: the engine's own counters stand still on a local RESTORE, however far it is. */
  sawBytes(sizeBytes: number): void {
    this.#bytesSeen = sizeBytes;
  }

  /**
   * How the operation stands; undefined when the rank gave no answer this time.
   * @throws {SnapdeckError} `rank-lost` when its process ended or stays silent, `engine-failed` when it says so, `no-progress`
   */
  async look(): Promise<EngineOperation | undefined> {
    let operation: EngineOperation | undefined;
    try {
      operation = await findOperation(this.#client, this.operationId);
    } catch (thrown) {
      if (!isSilence(thrown)) throw thrown;
      await this.#afterSilence(thrown);
      return undefined;
    }
    this.#silentSince = undefined;
    if (operation === undefined) throw this.#lost("its process ended and was started again");
    if (operation.stage === "running") this.#assertMoves(operation);
    return operation;
  }

  /**
   * Ends the operation and waits until the engine says that it is over, or its process is gone. A rank that was silent for long already
   * is asked once more: what it may still write is for whoever discards the work later.
   * @throws {SnapdeckError} `no-progress` when it still runs after `stopMs`, `rank-lost` when the rank stays silent
   */
  async stop(): Promise<void> {
    const deadline = performance.now() + this.#settings.stopMs;
    while (performance.now() < deadline) {
      try {
        const operation = await findOperation(this.#client, this.operationId);
        if (operation === undefined || operation.stage !== "running") return;
        await killOperation(this.#client, operation);
        this.#silentSince = undefined;
      } catch (thrown) {
        if (!isSilence(thrown)) throw thrown;
        const again = await this.#clientNow();
        // A rank that is not among those that serve has no process that could go on writing.
        if (again === "gone") return;
        this.#assertNotSilent(thrown);
      }
      await pause(this.#settings.pollMs);
    }
    throw new SnapdeckError("no-progress", `rank ${this.rank} did not end its work after it was told to`, {
      hint: "Its files are removed once it ended; look at the rank's log.",
    });
  }

  async #afterSilence(cause: unknown): Promise<void> {
    const again = await this.#clientNow();
    if (again === "gone") throw this.#lost("its process ended", cause);
    this.#assertNotSilent(cause);
  }

  #assertNotSilent(cause: unknown): void {
    this.#silentSince ??= performance.now();
    if (performance.now() - this.#silentSince > this.#settings.rankSilenceMs)
      throw this.#lost("it stays silent", cause);
  }

  /** Takes up the rank's present address; `gone` when it does not serve now. */
  async #clientNow(): Promise<"serves" | "gone" | "unknown"> {
    try {
      const client = (await this.#clients.all()).find((each) => each.rank === this.rank);
      if (client === undefined) return "gone";
      this.#client = client;
      return "serves";
    } catch (thrown) {
      // A host manager that answers, and has no ranks for this work any more, has ended them.
      if (thrown instanceof SnapdeckError && ENDED.has(thrown.code)) return "gone";
      // It is silent too; how long that may last is the caller's matter.
      return "unknown";
    }
  }

  #assertMoves(operation: EngineOperation): void {
    const { filesDone, filesTotal, bytesDone, bytesTotal } = operation;
    const mark = `${filesDone}/${filesTotal}/${bytesDone}/${bytesTotal}/${this.#bytesSeen}`;
    if (this.#moved?.mark !== mark) this.#moved = { mark, at: performance.now() };
    const stoodMs = performance.now() - this.#moved.at;
    if (stoodMs <= this.#settings.noProgressMs) return;
    throw new SnapdeckError(
      "no-progress",
      `rank ${this.rank} moved no byte for ${Math.round(stoodMs / 1000)} s, so its work was ended`,
      { hint: "See whether the store answers, then try again." },
    );
  }

  #lost(why: string, cause?: unknown): SnapdeckError {
    return new SnapdeckError("rank-lost", `rank ${this.rank} was lost while it worked: ${why}`, {
      hint: "Look at the rank on the Cluster page; when it is up, try again.",
      cause,
    });
  }
}

const ENDED = new Set<string>(["job-finished", "job-not-found"]);

function isSilence(thrown: unknown): boolean {
  return thrown instanceof SnapdeckError && thrown.code === "cluster-unreachable";
}
