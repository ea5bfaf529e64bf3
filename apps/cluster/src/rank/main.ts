import { pino } from "pino";
import { OpenFailure } from "./open-failure.ts";
import { Rank } from "./rank.ts";
import { RankCommand, type RankReport } from "./rank-messages.ts";

/**
 * A rank process, forked by the host manager (see rank-messages.ts). It never outlives the channel to it, and it always closes
 * its engine before it ends: an engine that is cut off in a backup leaves a lock in the store.
 */
process.umask(0o077);
// Whoever read our log may be gone; that is no reason to fail.
process.stderr.on("error", () => undefined);

const destination = pino.destination({ dest: 2, sync: true });
const logger = pino(
  { level: process.env["SNAPDECK_LOG_LEVEL"] ?? "info", base: { process: "rank", pid: process.pid } },
  destination,
);

/** The most that a clean stop may take. Nobody may be there any more to wait for it. */
const STOP_MS = 20_000;

let opening: Promise<Rank> | undefined;
let stopping = false;

function report(message: RankReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

async function fail(error: unknown): Promise<never> {
  const failure = error instanceof OpenFailure ? error : undefined;
  logger.error({ err: error }, "the rank cannot go on");
  const detail =
    failure?.detail ?? "the rank met an error that nobody foresaw; its log says more. No data was changed by it";
  await report({ type: "failed", code: failure?.code ?? "internal", detail });
  if (failure === undefined) endByForce();
  process.exit(1);
}

/** The engine keeps its data through this; `process.exit` would wait for what it is busy with. */
function endByForce(): void {
  logger.warn(
    "something in the engine does not end: the process is killed; a backup that ran may leave a lock in the store",
  );
  process.kill(process.pid, "SIGKILL");
}

async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  const deadline = setTimeout(() => endByForce(), STOP_MS);
  const rank = await opening?.catch(() => undefined);
  const isClosed = (await rank?.stop()) ?? true;
  if (!isClosed) endByForce();
  clearTimeout(deadline);
  logger.info("stopped");
  process.exit(0);
}

async function obey(command: RankCommand): Promise<void> {
  if (command.type === "stop") return stop("stop");
  if (command.type === "open") {
    if (opening !== undefined) throw new OpenFailure("bad-command", "a rank is opened once; nothing was touched");
    opening = Rank.open(command, logger);
    const rank = await opening;
    return report({ type: "ready", port: rank.port, engineVersion: rank.engineVersion });
  }
  const rank = await opening;
  if (rank === undefined)
    throw new OpenFailure("bad-command", "a rank that is not open cannot drain; nothing was touched");
  const queriesKilled = await rank.drain(
    command.timeoutMs,
    (queriesLeft) => void report({ type: "draining", queriesLeft }),
  );
  return report({ type: "drained", queriesKilled });
}

process.on("message", (message) => {
  const command = RankCommand.safeParse(message);
  // The message may hold the password, so nothing of it is told.
  if (command.success) obey(command.data).catch(fail);
  else void fail(new OpenFailure("bad-command", "a message of the host manager makes no sense; nothing was touched"));
});
process.on("disconnect", () => void stop("the host manager is gone"));
process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGHUP", () => void stop("SIGHUP"));
// Ctrl-C goes to every process of the terminal; the host manager says what it means for the ranks.
process.on("SIGINT", () => undefined);
process.on("uncaughtException", (error) => void fail(error));
