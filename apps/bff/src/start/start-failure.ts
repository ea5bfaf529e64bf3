/** Why a BFF did not start, and the exit code that says so; the codes follow `sysexits.h` where it has a fitting one. */
export const EXIT_CODES = {
  /** The configuration is missing, is not JSON, or does not fit the schema. */
  "bad-config": 64,
  /** The state was written by a newer Snapdeck, is not ours, or its database cannot be used. */
  "state-unusable": 65,
  /** The port is taken or may not be opened. */
  "port-unavailable": 69,
  /** A bug. */
  internal: 70,
  /** This Node.js is too old. */
  "node-too-old": 72,
  /** A directory cannot be made or written. */
  "directory-unwritable": 73,
  /** Another Snapdeck runs on this state directory. */
  "state-in-use": 75,
  /** A directory or key belongs to somebody else or is open to others. */
  "directory-unsafe": 77,
} as const;

export type StartFailureReason = keyof typeof EXIT_CODES;

/** A foreseen reason not to start. `message` is for the operator: what happened; what it means for the data; what to do. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly reason: StartFailureReason;

  constructor(reason: StartFailureReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }

  get exitCode(): number {
    return EXIT_CODES[this.reason];
  }
}

/** The code of a failed system call, such as `EACCES`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
