import packageJson from "../../package.json" with { type: "json" };
import { compose } from "../compose.ts";
import { createLog } from "../log.ts";
import { readConfig } from "./read-config.ts";
import type { Serving } from "./serve.ts";
import { EXIT_CODES, StartFailure } from "./start-failure.ts";

/** Longer than requests may take to end and jobs to be handed over; then the process ends all the same. */
const STOP_WITHIN_MS = 10_000;

/** Starts everything and prints the ready line. */
async function start(args: readonly string[]) {
  const config = await readConfig(args);
  const log = createLog(config.logLevel);
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "the server met a bug and ends; jobs are taken up again by the next start");
    process.exit(EXIT_CODES.internal);
  });
  const serving = await compose(config, log, packageJson.version);
  const { url, setupUrl } = serving;
  process.stdout.write(`${JSON.stringify({ ready: true, url, setupUrl, pid: process.pid })}\n`);
  log.info({ url }, "the server is ready");
  return { serving, log };
}

/** A foreseen failure is one message; anything else is a bug, and its stack helps. */
function endWith(error: unknown): never {
  if (error instanceof StartFailure) {
    process.stderr.write(`${error.message}\n`);
    process.exit(error.exitCode);
  }
  createLog("fatal").fatal({ err: error }, "the server met a bug and did not start; the data was not touched");
  process.exit(EXIT_CODES.internal);
}

async function stopWithin({ stop }: Serving): Promise<void> {
  setTimeout(() => process.exit(EXIT_CODES.internal), STOP_WITHIN_MS).unref();
  await stop();
}

/** The life of the process: starts, serves until SIGTERM or SIGINT, ends with a code of `EXIT_CODES`, or 0. */
export async function run(args: readonly string[]): Promise<void> {
  // Whatever is made from here on is for this user alone.
  process.umask(0o077);
  // Who reads the ready line may go afterwards.
  process.stdout.on("error", () => undefined);
  const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, resolve);
  });
  try {
    const { serving, log } = await start(args);
    const signal = await stopSignal;
    log.info({ signal }, "stopping");
    await stopWithin(serving);
    log.info("stopped");
    process.exit(0);
  } catch (error) {
    endWith(error);
  }
}
