import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engine.ts";
import { sqlString } from "./sql-text.ts";

/** The first wait between two tries to kill; a statement may not be in `system.processes` yet when the first one comes. */
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 500;
const BACKGROUND = "status IN ('CREATING_BACKUP', 'RESTORING')";

export type RunningQuery = {
  /** Ours, and unique; the client's query id may come twice. */
  requestId: string;
  queryId: string;
  /** Ends the request; what it does to the statement is `kill`. */
  cancel: () => void;
};

/**
 * The setting by which a running statement is found in `system.processes`: chdb makes up its own query ids, and it drops the
 * comments of a statement with bound parameters. This one is a free text that means nothing in an engine without a cluster, so
 * no statement sets it again (as it may do with `log_comment`).
 */
export const REQUEST_SETTING = "cluster_for_parallel_replicas";

function isRequest(requestId: string): string {
  return `Settings[${sqlString(REQUEST_SETTING)}] = ${sqlString(requestId)}`;
}

/** Everything that runs in the engine for a user: requests, and the backups and restores that they left running (ASYNC). */
export class RunningQueries {
  readonly #engine: Engine;
  readonly #running = new Map<string, RunningQuery>();
  #onChange: () => void = () => undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  add(query: RunningQuery): void {
    this.#running.set(query.requestId, query);
    this.#onChange();
  }

  remove(requestId: string): void {
    this.#running.delete(requestId);
    this.#onChange();
  }

  get requests(): number {
    return this.#running.size;
  }

  byQueryId(queryId: string): RunningQuery | undefined {
    return [...this.#running.values()].find((query) => query.queryId === queryId);
  }

  /** SQL for the engine's id of a request that runs, for statements that name it by the client's id. */
  engineIdSql(query: RunningQuery): string {
    return `(SELECT any(query_id) FROM system.processes WHERE ${isRequest(query.requestId)})`;
  }

  /**
   * Kills the statement of a request until `settled`, which must never reject. `onKilled` is called once the engine knows, and
   * not when the statement ended by itself.
   */
  async kill(requestId: string, settled: Promise<unknown>, onKilled: () => void = () => undefined): Promise<void> {
    let isSettled = false;
    let isKilled = false;
    const done = settled.then(() => {
      isSettled = true;
    });
    for (let waitMs = FIRST_RETRY_MS; !isSettled; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      // A KILL that finds nothing answers nothing; one that fails is tried again.
      const answer = await this.#engine.control(`KILL QUERY WHERE ${isRequest(requestId)}`).catch(() => undefined);
      if (!isKilled && (answer?.bytes.length ?? 0) > 0) {
        isKilled = true;
        onKilled();
      }
      await Promise.race([done, sleep(waitMs, undefined, { ref: false })]);
    }
  }

  /** How many backups and restores go on in the background. */
  async backgroundOperations(): Promise<number> {
    const result = await this.#engine.control(`SELECT count() FROM system.backups WHERE ${BACKGROUND}`);
    return Number(Buffer.from(result.bytes).toString().trim());
  }

  /**
   * Cancels everything and answers how many there were. A backup that is killed with the process leaves a lock in the store
   * that blocks its path for ever; one that is canceled cleans up after itself.
   */
  async cancelAll(): Promise<number> {
    const canceled = this.#running.size + (await this.backgroundOperations());
    for (const query of [...this.#running.values()]) query.cancel();
    const ids = `SELECT query_id FROM system.backups WHERE ${BACKGROUND}`;
    if (canceled > 0) await this.#engine.control(`KILL QUERY WHERE query_id IN (${ids})`).catch(() => undefined);
    return canceled;
  }
}
