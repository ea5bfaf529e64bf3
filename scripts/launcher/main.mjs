import { buildWhatIsStale } from "../setup/build.mjs";
import { EXIT_CODES, Failure } from "../setup/failure.mjs";
import { installWhatIsMissing } from "../setup/install.mjs";
import { openHome, refuseFullDisk, settleSettings } from "./home.mjs";
import { endLeftovers, recordProcess, STOP_PATIENCE_MS, takeHome } from "./home-lock.mjs";
import { HELP, readOptions } from "./options.mjs";
import { refuseTakenPort } from "./port.mjs";
import { Stack } from "./stack.mjs";
import { hearStopSignals } from "./stop-signals.mjs";

/** @param {string} text */
const tell = (text) => console.error(text);

/**
 * Installs, builds, starts, and stays until it is told to stop.
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 * @throws {Failure}
 */
async function run(args) {
  const options = readOptions(args, process.env);
  if (options.help) {
    console.log(HELP);
    return;
  }
  if (process.platform !== "linux") {
    throw new Failure(
      "machine-unfit",
      `Snapdeck's embedded cluster runs on Linux, and this is ${process.platform}. Nothing was started.`,
    );
  }
  const layout = openHome(options.home);
  await takeHome(layout);
  refuseFullDisk(layout.home);

  /** @type {Stack | undefined} */
  let stack;
  const stop = hearStopSignals(() => {
    stack?.kill();
    tell("Ended by force. Jobs that were running are settled at the next start.");
    process.exit(EXIT_CODES.interrupted);
  });
  const refuseWhenStopped = () => {
    if (stop.aborted) throw new Failure("interrupted", "Stopped before anything was started.");
  };

  await endLeftovers(layout);
  await refuseTakenPort(options.port);
  const settings = settleSettings(layout, options);
  recordProcess(layout, "launcher", process.pid);
  await installWhatIsMissing(tell, stop).finally(refuseWhenStopped);
  await buildWhatIsStale(tell, stop).finally(refuseWhenStopped);

  stack = new Stack(layout, settings, options, tell);
  /** @type {(failure: unknown) => void} */
  let fail = () => undefined;
  const failed = new Promise((settle) => {
    fail = settle;
  });
  const ready = await stack.up(fail);
  if (!stop.aborted) console.log(urlLine(ready));
  const failure = await Promise.race([failed, whenAborted(stop)]);
  if (failure === undefined) tell("Stopping ...");
  await stack.down(STOP_PATIENCE_MS);
  if (failure !== undefined) throw failure;
}

/** @param {import("./server-process.mjs").ReadyLine} ready */
function urlLine({ url, setupUrl }) {
  return setupUrl === undefined
    ? `Snapdeck is ready: ${url}`
    : `Snapdeck is ready. Make the first admin here (the link works once): ${setupUrl}`;
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<undefined>}
 */
function whenAborted(signal) {
  return new Promise((settle) => {
    if (signal.aborted) settle(undefined);
    signal.addEventListener("abort", () => settle(undefined), { once: true });
  });
}

/**
 * `npm start`. Ends the process with a code of `EXIT_CODES`; a foreseen failure is one message and no stack.
 * @param {readonly string[]} args
 */
export async function main(args) {
  try {
    await run(args);
    process.exit(0);
  } catch (error) {
    if (error instanceof Failure) {
      tell(error.message);
      process.exit(error.exitCode);
    }
    tell(`The launcher failed, and this is a bug: ${error instanceof Error ? error.stack : String(error)}`);
    process.exit(EXIT_CODES.internal);
  }
}
