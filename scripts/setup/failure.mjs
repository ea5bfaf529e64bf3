import { TOO_OLD_EXIT_CODE } from "./node-version.mjs";

/**
 * Why a command of this repository ends, and the exit code that says so. The codes follow `sysexits.h` and are those of the host
 * manager where both can meet the same failure.
 */
export const EXIT_CODES = /** @type {const} */ ({
  /** An option is not understood, or does not fit the cluster that is there. */
  usage: 64,
  /** Files of the cluster are not what this version wrote; nothing was touched. */
  "data-damaged": 65,
  /** The packages could not be installed. */
  "install-failed": 66,
  /** The programs could not be built. */
  "build-failed": 67,
  /** The port is taken or may not be opened. */
  "port-unavailable": 69,
  /** A bug. */
  internal: 70,
  /** A server did not start, or stopped again and again. */
  "server-failed": 71,
  /** The home directory cannot be made or written. */
  "home-unwritable": 73,
  /** Too little room on the disk. */
  "disk-full": 74,
  /** Another Snapdeck runs in this home. */
  "home-in-use": 75,
  /** The home directory is not Snapdeck's, or not safe to use. */
  "home-unsafe": 77,
  /** Not Linux, or Node is too old. */
  "machine-unfit": TOO_OLD_EXIT_CODE,
  /** Stopped before everything had started (128 + SIGINT, as shells say it). */
  interrupted: 130,
});

/** A foreseen end. `message` is for the operator: what happened; what it means for the data; what to do. */
export class Failure extends Error {
  /**
   * @param {keyof typeof EXIT_CODES} reason
   * @param {string} message
   * @param {number} [exitCode] where another program has said it more exactly
   */
  constructor(reason, message, exitCode = EXIT_CODES[reason]) {
    super(message);
    this.name = "Failure";
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

/**
 * The `code` of a system error; undefined for anything else.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function systemErrorCode(error) {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
