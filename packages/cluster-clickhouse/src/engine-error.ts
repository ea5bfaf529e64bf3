import { ClickHouseError } from "@clickhouse/client";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** Enough for the engine's own sentence; what follows is a trace or a list of what it would have expected. */
const MAX_MESSAGE_CHARS = 300;

/** The engine's numeric error code, such as 36 (`BAD_ARGUMENTS`) or 598 (`BACKUP_ALREADY_EXISTS`). */
export function engineCodeOf(thrown: unknown): number | undefined {
  const error = thrown instanceof SnapdeckError ? thrown.cause : thrown;
  return error instanceof ClickHouseError ? Number(error.code) : undefined;
}

/** The engine's sentence on one line: no code, no trace, no secret, at most 300 characters. */
export function shortMessage(message: string): string {
  const sentence = message
    .replace(/,?\s*Stack trace\b[\s\S]*$/i, "")
    .replace(/^(?:Code: \d+\. )?(?:DB::)?Exception: /, "")
    .replace(/\s*\(version [^)]*\)\s*$/i, "")
    .replace(/\s+/g, " ")
    .trim();
  const safe = redact(sentence);
  return safe.length <= MAX_MESSAGE_CHARS ? safe : `${safe.slice(0, MAX_MESSAGE_CHARS - 1)}…`;
}

/** Takes out what could open something: user info in addresses, access keys, whatever stands after a telling word. */
export function redact(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^/@\s']+@/g, "$1[hidden]@")
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, "[hidden]")
    .replace(
      /((?:password|passwd|secret\w*|token|access_key\w*|key_file|private_key)\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s,)]+)/gi,
      "$1[hidden]",
    )
    .replace(/\/\S*(?:\.pem|\.key|token|secret)\S*/gi, "[hidden path]")
    .replace(/(\bS3\('[^']*')[^)]*\)/g, "$1, [hidden])");
}

/** What to do about an error of the engine's. */
export const FREE_SPACE = "Free some space where it ran full, then try again.";
export const LOOK_AT_LOG = "Look at the rank's log; when nothing there explains it, try again.";

/** What a user reads when a rank failed at `doing`. `cause` keeps the engine's own error. */
export function engineFailure(place: string, doing: string, thrown: unknown): SnapdeckError {
  if (thrown instanceof SnapdeckError) return thrown;
  if (thrown instanceof ClickHouseError) {
    const detail = `${place} answered while ${doing}: ${shortMessage(thrown.message)}`;
    const isFull = isDiskFull(thrown.message);
    return new SnapdeckError(isFull ? "disk-full" : "engine-failed", detail, {
      hint: isFull ? FREE_SPACE : LOOK_AT_LOG,
      cause: thrown,
    });
  }
  return new SnapdeckError("cluster-unreachable", `${place} did not answer while ${doing}`, {
    hint: "See whether the cluster runs; the work can be tried again.",
    cause: thrown,
  });
}

/** Errors of the engine that mean that a disk is full. */
export function isDiskFull(message: string): boolean {
  return /No space left on device|NOT_ENOUGH_SPACE|ENOSPC/i.test(message);
}
