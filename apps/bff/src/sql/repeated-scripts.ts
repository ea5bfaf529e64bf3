import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";

/** Of how many scripts that ended the results are kept: they may be large. */
const MOST_REMEMBERED = 50;
/** For how long after its end a script is known, in milliseconds: as long as a browser tries again by itself. */
const REMEMBERED_MS = 10 * 60 * 1_000;

type Remembered = {
  readonly sql: string;
  /** When it ended last; undefined while it runs. */
  endedAt: number | undefined;
  /** What was done of it; a repetition goes on behind that. Undefined where it was let go of. */
  results: SqlResult[] | undefined;
  running: Promise<unknown>;
};

export type ScriptName = { readonly username: string; readonly clusterId: ClusterId; readonly key: string };

/**
 * Scripts that were sent with an idempotency key: sent again, none of their statements runs twice. Kept in this process; jobs are found
 * again by any process, for a day, since each has a key of its own.
 */
export class RepeatedScripts {
  readonly #scripts = new Map<string, Remembered>();
  readonly #elapsedMs: () => number;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /**
   * @param run adds to the results that it is given, as far as it comes
   * @throws {SnapdeckError} `idempotency-conflict` when that key was used for another script, or what it did is not kept any more
   */
  async run(
    name: ScriptName | undefined,
    sql: string,
    run: (results: SqlResult[]) => Promise<SqlReply>,
  ): Promise<SqlReply> {
    if (name === undefined) return run([]);
    const { script, results } = this.#remember(JSON.stringify([name.username, name.clusterId, name.key]), sql);
    const mine = script.running.then(() => run(results));
    script.endedAt = undefined;
    const running = mine
      .catch(() => undefined)
      .then(() => {
        if (script.running === running) script.endedAt = this.#elapsedMs();
      });
    script.running = running;
    return mine;
  }

  #remember(key: string, sql: string): { readonly script: Remembered; readonly results: SqlResult[] } {
    this.#forget();
    const known = this.#scripts.get(key);
    if (known !== undefined && known.sql !== sql) {
      throw new SnapdeckError(
        "idempotency-conflict",
        "that idempotency key was used for another script; nothing was changed",
        { hint: "Send a new key with each new request." },
      );
    }
    if (known !== undefined) {
      if (known.results !== undefined) return { script: known, results: known.results };
      throw new SnapdeckError(
        "idempotency-conflict",
        "that script was run already, and what it came to is not kept any more; it was not run again",
        { hint: "Look at what it changed, then send what is left of it with a new key." },
      );
    }
    const results: SqlResult[] = [];
    const script: Remembered = { sql, endedAt: undefined, results, running: Promise.resolve() };
    this.#scripts.set(key, script);
    return { script, results };
  }

  /** Never one that runs: sent again it would run beside itself. */
  #forget(): void {
    const ended: [key: string, script: Remembered][] = [];
    for (const [key, script] of this.#scripts) {
      if (script.endedAt === undefined) continue;
      if (this.#elapsedMs() - script.endedAt > REMEMBERED_MS) this.#scripts.delete(key);
      else if (script.results !== undefined) ended.push([key, script]);
    }
    for (const [key, script] of ended.slice(0, Math.max(0, ended.length - MOST_REMEMBERED))) {
      // Jobs are found again by their own keys, and where nothing was done nothing is done twice.
      if (script.results?.every(({ kind }) => kind === "job")) this.#scripts.delete(key);
      else script.results = undefined;
    }
  }
}
