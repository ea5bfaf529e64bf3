import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import pg from "pg";

/**
 * SQLSTATEs (PostgreSQL, appendix A) that say nothing against the statement: connection exceptions, insufficient resources, operator
 * intervention, system errors, a server that only reads since another took over, and a transaction that was ended for standing idle.
 */
const UNAVAILABLE = /^(08...|53...|57...|58...|25006|25P03)$/;

/** A character that no text of the database can hold. */
const NOT_A_TEXT = /^(22021|22P05)$/;

/** Whether two transactions were in each other's way, so that one was refused: begun anew, it finds what the other left. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  // 23505 on this key: the same request came to two processes at once, for two clusters.
  return (
    error.code === "40001" ||
    error.code === "40P01" ||
    (error.code === "23505" && error.constraint === "idempotency_keys_key")
  );
}

/** What a connection that could not be made is to everybody else, whatever the reason: nothing was asked yet. */
export function connectionFailure(error: unknown): SnapdeckError {
  return unavailable(error instanceof Error ? reasonOf(error) : "unknown error");
}

/** What a failed query is to everybody else: `state-unavailable` where nothing can be said against the query itself. */
export function stateFailure(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    const { code = "" } = error;
    // The driver's "detail" quotes rows, and rows hold hashes of passwords: not for a log.
    error.detail = undefined;
    if (NOT_A_TEXT.test(code)) {
      return new SnapdeckError(
        "bad-request",
        "the request holds a character that cannot be stored; nothing was changed",
      );
    }
    return UNAVAILABLE.test(code) ? unavailable(reasonOf(error)) : error;
  }
  // The driver has no class for a lost connection; its faults of use are of other classes.
  if (!(error instanceof Error) || (error.name !== "Error" && error.name !== "AggregateError")) return error;
  return unavailable(reasonOf(error));
}

function reasonOf(error: Error): string {
  return "code" in error ? `${error.code}: ${error.message}` : error.message;
}

/** @param reason for the log: users are told less */
function unavailable(reason: string): SnapdeckError {
  return new SnapdeckError("state-unavailable", "the state database does not answer", {
    hint: "Look whether it runs and can be reached; then try again.",
    // Not the driver's own error: that may carry the connection, and with it the password.
    cause: new Error(reason),
  });
}
