import { type DestinationStream, destination, type Logger, pino, stdSerializers } from "pino";

export type Log = Logger;

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const SECRET_FIELDS = ["password", "passwordHash", "token", "csrfToken", "secret", "authorization", "cookie"];

const REDACTED = "[redacted]";

const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)?\s*)[^\s"',;]+/gi, `$1${REDACTED}`],
  [/\b(bearer\s+)[A-Za-z0-9._~+/-]{8,}=*/gi, `$1${REDACTED}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${REDACTED}@`],
  [/\b((?:X-Amz-(?:Signature|Credential|Security-Token)|sig|token)=)[^\s&"']+/gi, `$1${REDACTED}`],
  [/\b((?:password|passwd|pwd|secret(?:_access)?(?:_key)?)["']?\s*[:=]\s*["']?)[^\s"',;)&]+/gi, `$1${REDACTED}`],
];

/** Removes what looks like a secret from a text that somebody else wrote: an engine's error, a URL, a header. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce((cleaned, [secret, instead]) => cleaned.replace(secret, instead), text);
}

/** An error as it is logged: type, message, stack and causes, without secrets. */
function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? redactText(error) : error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message: redactText(message), stack: redactText(stack ?? "") };
}

/** Standard error, written at once: the last line before a death is the one that matters. */
function standardError(): DestinationStream {
  const stream = destination({ fd: 2, sync: true });
  // Whoever read our log is gone; that is no reason to stop serving.
  stream.on("error", () => undefined);
  return stream;
}

/**
 * Writes JSON lines, by default on standard error: standard output belongs to the ready line. Known secrets and what looks like one
 * are left out.
 */
export function createLog(level: (typeof LOG_LEVELS)[number], stream: DestinationStream = standardError()): Log {
  return pino(
    {
      level,
      base: { pid: process.pid, name: "bff" },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: loggedError },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: REDACTED },
    },
    stream,
  );
}
