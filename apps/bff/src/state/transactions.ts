import { setTimeout as pause } from "node:timers/promises";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { isConflict } from "./postgres-failure.ts";
import type { StateDb, StateTransaction } from "./state-tables.ts";

/** How long a state database that stopped answering is asked again, in milliseconds: a server that is restarted is back by then. */
const PATIENCE_MS = 10_000;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

type Act<T> = (trx: StateTransaction, inDoubt: boolean) => Promise<T>;

export function isStateUnavailable(error: unknown): boolean {
  return error instanceof SnapdeckError && error.code === "state-unavailable";
}

/**
 * One transaction. It is begun anew when another was in its way, or when the connection was lost before the commit was sent: nothing of
 * it was stored then. A connection that is lost during the commit leaves it in doubt.
 * @throws {SnapdeckError} `state-unavailable`
 */
export function inTransaction<T>(db: StateDb, act: (trx: StateTransaction) => Promise<T>): Promise<T> {
  return begunAnew(db, act, false);
}

/**
 * As `inTransaction`, for work that can tell whether it was done before: it is begun anew in doubt too, with `inDoubt` set.
 * @throws {SnapdeckError} `state-unavailable`
 */
export function inRepeatableTransaction<T>(db: StateDb, act: Act<T>): Promise<T> {
  return begunAnew(db, act, true);
}

/** Several reads that see the database at one moment. */
export function inSnapshot<T>(db: StateDb, read: (trx: StateTransaction) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(read);
}

/** Asks again while the state database does not answer. For reads, and for what may be done twice. */
export async function patiently<T>(act: () => Promise<T>, mayAgain: () => boolean = () => true): Promise<T> {
  let giveUpAtMs: number | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await act();
    } catch (error) {
      const passes = isStateUnavailable(error) || isConflict(error);
      giveUpAtMs ??= performance.now() + PATIENCE_MS;
      if (!passes || !mayAgain() || performance.now() >= giveUpAtMs) throw error;
    }
    // Two that were in each other's way must not meet again.
    await pause(pauseMs * (0.5 + Math.random()));
  }
}

function begunAnew<T>(db: StateDb, act: Act<T>, isRepeatable: boolean): Promise<T> {
  let inDoubt = false;
  const once = async () => {
    let isCommitting = false;
    try {
      return await db.transaction().execute(async (trx) => {
        const result = await act(trx, inDoubt);
        isCommitting = true;
        return result;
      });
    } catch (error) {
      if (!isStateUnavailable(error) || !(isCommitting || inDoubt)) throw error;
      inDoubt = true;
      throw inDoubtFailure(error);
    }
  };
  return patiently(once, () => isRepeatable || !inDoubt);
}

function inDoubtFailure(cause: unknown): SnapdeckError {
  return new SnapdeckError(
    "state-unavailable",
    "the state database stopped answering while a change was stored; whether it was stored is not known",
    { hint: "Look whether the change shows before you ask for it again.", cause },
  );
}
