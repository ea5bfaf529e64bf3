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
    .replace(/(\bS3\('[^']*')(?:\s*,\s*'(?:[^'\\]|\\.)*')+/g, "$1, [hidden]")
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
    const { code, hint } = meaningOf(thrown.message, Number(thrown.code));
    if (SIGN_IN_CODES.has(Number(thrown.code)))
      return new SnapdeckError(code, detail, { hint: SIGN_IN, cause: thrown });
    return new SnapdeckError(code, detail, { hint, cause: thrown });
  }
  const certificate = errnoOf(thrown);
  if (UNTRUSTED.test(certificate)) {
    return new SnapdeckError(
      "cluster-unreachable",
      `${place} showed a certificate that is not trusted (${certificate}) while ${doing}`,
      {
        hint: "Let this server trust who signed it: NODE_EXTRA_CA_CERTS names a file with certificates. Or give the name that it is for.",
        cause: thrown,
      },
    );
  }
  return new SnapdeckError("cluster-unreachable", `${place} did not answer while ${doing}`, {
    hint: "See whether the cluster runs; the work can be tried again.",
    cause: thrown,
  });
}

/** `UNKNOWN_USER`, `WRONG_PASSWORD`, `REQUIRED_PASSWORD`, `AUTHENTICATION_FAILED`. */
const SIGN_IN_CODES: ReadonlySet<number> = new Set([192, 193, 194, 516]);
const SIGN_IN = "Check the user and the password that this server signs in to the engine with.";

/** Names that Node.js and OpenSSL give to certificates that are not trusted. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE/;

function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
}

/** `S3_ERROR` among the engine's codes. */
const S3_ERROR = 499;

const OF_S3 = /\(S3_ERROR\)|HTTP response code: \d|error type: [A-Z_]{4,}|, from bucket: /;
const S3_IS_FULL = /HTTP response code: 507|InsufficientStorage|QuotaExceeded|XMinio\w*(?:Full|QuotaExceeded)/;
const S3_REFUSES =
  /HTTP response code: 40[13]|ACCESS_DENIED|AccessDenied|InvalidAccessKeyId|INVALID_ACCESS_KEY_ID|SignatureDoesNotMatch|SIGNATURE_DOES_NOT_MATCH/;

/** What an error of the engine comes to, and what to do about it. */
export function meaningOf(
  message: string,
  engineCode?: number,
): { readonly code: "disk-full" | "store-unavailable" | "engine-failed"; readonly hint: string } {
  const isOfS3 = engineCode === S3_ERROR || OF_S3.test(message);
  if (isDiskFull(message) || (isOfS3 && S3_IS_FULL.test(message))) return { code: "disk-full", hint: FREE_SPACE };
  if (!isOfS3) return { code: "engine-failed", hint: LOOK_AT_LOG };
  const hint = S3_REFUSES.test(message)
    ? "Check the credential of the data sink or source, and what it allows on the bucket."
    : S3_ANSWERS;
  return { code: "store-unavailable", hint };
}

const S3_ANSWERS = "Check that the S3 server answers the ranks, and that the bucket is there; then try again.";
const READ_BACK =
  "The store gave the engine less than stands there, or than stood there: VERIFY BACKUP tells which. Then try again.";

/** The engine takes its own mark on the store for another's when the store does not show it whole: nobody else ever writes to those paths. */
const LOST_ITS_MARK = /concurrent backup writing to the same destination S3\(/;

/** Errors of a connection as the engine passes them on; BACKUP and RESTORE have none but to S3. */
const OF_NETWORK =
  /Connection (?:reset|refused)|Broken pipe|Host not found|NETWORK_ERROR|SOCKET_TIMEOUT|No message received/;

/** The sizes of all files were looked at before; and they read XML from the store alone. */
const CUT_SHORT = /SAXParseException|ATTEMPT_TO_READ_AFTER_EOF|CANNOT_READ_ALL_DATA/;

/** The same of a BACKUP or RESTORE that the engine ran. */
export function meaningOfOperation(message: string): ReturnType<typeof meaningOf> {
  const meaning = meaningOf(message);
  if (meaning.code !== "engine-failed") return meaning;
  if (CUT_SHORT.test(message)) return { code: "store-unavailable", hint: READ_BACK };
  const isOfStore = LOST_ITS_MARK.test(message) || OF_NETWORK.test(message);
  return isOfStore ? { code: "store-unavailable", hint: S3_ANSWERS } : meaning;
}

/** Errors of the engine that mean that a disk is full. */
export function isDiskFull(message: string): boolean {
  return /No space left on device|NOT_ENOUGH_SPACE|ENOSPC/i.test(message);
}
