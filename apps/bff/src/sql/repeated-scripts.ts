import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";

/** How many scripts are remembered, and for how long after they ended, in milliseconds: as long as a browser tries again by itself. */
const MOST_REMEMBERED = 50;
const REMEMBERED_MS = 10 * 60 * 1_000;

type Remembered = {
  readonly sql: string;
  /** When it ended last; undefined while it runs. */
  endedAt: number | undefined;
  /** What was done of it; a repetition goes on behind that. */
  readonly results: SqlResult[];
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
   * @throws {SnapdeckError} `idempotency-conflict` when that key was used for another script
   */
  async run(
    name: ScriptName | undefined,
    sql: string,
    run: (results: SqlResult[]) => Promise<SqlReply>,
  ): Promise<SqlReply> {
    if (name === undefined) return run([]);
    const script = this.#remember(JSON.stringify([name.username, name.clusterId, name.key]), sql);
    const mine = script.running.then(() => run(script.results));
    script.endedAt = undefined;
    const running = mine
      .catch(() => undefined)
      .then(() => {
        if (script.running === running) script.endedAt = this.#elapsedMs();
      });
    script.running = running;
    return mine;
  }

  #remember(key: string, sql: string): Remembered {
    this.#forget();
    const known = this.#scripts.get(key);
    if (known !== undefined && known.sql !== sql) {
      throw new SnapdeckError(
        "idempotency-conflict",
        "that idempotency key was used for another script; nothing was changed",
        { hint: "Send a new key with each new request." },
      );
    }
    if (known !== undefined) return known;
    const script: Remembered = { sql, endedAt: undefined, results: [], running: Promise.resolve() };
    this.#scripts.set(key, script);
    return script;
  }

  /** Never one that runs: sent again it would run beside itself. */
  #forget(): void {
    for (const [key, { endedAt }] of this.#scripts) {
      if (endedAt === undefined) continue;
      const isOld = this.#elapsedMs() - endedAt > REMEMBERED_MS;
      if (isOld || this.#scripts.size >= MOST_REMEMBERED) this.#scripts.delete(key);
    }
  }
}
