/**
 * Why a host manager did not start, and the exit code that says so. The codes follow `sysexits.h` where it has a fitting one,
 * so that a launcher or systemd can tell "wait and try again" (75) from "a person must change something".
 */
export const EXIT_CODES = {
  /** The configuration is missing, is not JSON or does not fit the schema or the cluster. */
  "bad-config": 64,
  /** `cluster.json`, `swap.json` or the rank directories are not what this version wrote; nothing was touched. */
  "cluster-damaged": 65,
  /** The port is taken or may not be opened. */
  "port-unavailable": 69,
  /** A bug. */
  internal: 70,
  /** A rank process of an earlier host manager cannot be ended. */
  "rank-left-behind": 71,
  /** A directory cannot be made or written. */
  "directory-unwritable": 73,
  /** Another host manager runs on this directory. */
  "directory-in-use": 75,
  /** A directory is a symbolic link, belongs to somebody else, is open to others or stands in the wrong place. */
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
