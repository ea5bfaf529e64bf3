import { OfflineError } from "../../api/offline-error.ts";

/**
 * Whether a failed read needs a note of its own. A lost connection does not where something is on screen: the shell's footer and
 * the verdict tell how old that is, and a note would push down what the operator is looking at.
 */
export function needsNote(error: Error | null, data: unknown): error is Error {
  return error !== null && !(error instanceof OfflineError && data !== undefined);
}
