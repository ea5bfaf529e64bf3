import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT } from "./root.mjs";
import { runQuietly } from "./run-quietly.mjs";

const TURBO = join(ROOT, "node_modules/.bin/turbo");

/** Turbo says nothing home and shows no notices. */
export const TURBO_ENV = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };

/** Longer than turbo takes to see that nothing changed, so that only real work is told. */
const TELL_AFTER_MS = 1_500;

/**
 * Builds the programs whose sources changed since they were built.
 * @param {(text: string) => void} tell told once, when the work takes a while
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 * @throws {Failure} `build-failed`
 */
export async function buildWhatIsStale(tell, signal) {
  const timer = setTimeout(() => tell("Building what changed ..."), TELL_AFTER_MS);
  const { ok, output } = await runQuietly(TURBO, ["run", "build", "--output-logs=errors-only", "--log-order=grouped"], {
    env: TURBO_ENV,
    ...(signal === undefined ? {} : { signal }),
  }).finally(() => clearTimeout(timer));
  if (ok) return;
  throw new Failure("build-failed", `${output.trimEnd()}\nThe build failed; see above. Nothing was started.`);
}
