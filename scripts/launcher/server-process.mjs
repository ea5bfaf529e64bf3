import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Failure } from "../setup/failure.mjs";

/** How long a server may take to say that it serves; a host manager may have a restore to settle first. */
const READY_WITHIN_MS = 120_000;

/**
 * The line a server prints once it serves.
 * @typedef {{ ready: true, url: string, setupUrl?: string, tokenFile?: string }} ReadyLine
 */

/**
 * How to start a server: `node <program> --config <configFile>`, its words going to `logFile`.
 * @typedef {{ title: string, program: string, configFile: string, logFile: string, env?: NodeJS.ProcessEnv }} ServerCommand
 */

/**
 * A server that said it is ready. `ended` resolves with how it ended.
 * @typedef {object} ServerProcess
 * @property {number} pid
 * @property {ReadyLine} ready
 * @property {Promise<string>} ended "exit code 1", "SIGKILL"
 * @property {(signal: NodeJS.Signals) => void} kill
 */

/**
 * The ready line, when this is it.
 * @param {string} line
 * @returns {ReadyLine | undefined}
 */
export function parseReadyLine(line) {
  try {
    const said = JSON.parse(line);
    return said?.ready === true && typeof said.url === "string" ? said : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a level of pino's is "error" or worse: 50 and 60 as numbers.
 * @param {unknown} level
 */
function isError(level) {
  return typeof level === "number" ? level >= 50 : level === "error" || level === "fatal";
}

/**
 * The sentence that says why a server ended, out of what it logged: its last line, or the message of its last JSON line.
 * @param {string} log
 * @returns {string | undefined}
 */
export function lastWords(log) {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  for (const line of lines.reverse()) {
    if (/^\s+at /.test(line)) continue;
    if (!line.startsWith("{")) return line;
    try {
      const { msg, level } = JSON.parse(line);
      if (typeof msg === "string" && isError(level)) return msg;
    } catch {
      return line;
    }
  }
  return undefined;
}

/**
 * @param {string} path
 * @param {number} fromByte
 */
function readFrom(path, fromByte) {
  return readFileSync(path).subarray(fromByte).toString("utf8");
}

/** The codes by which a server says that a person must change something, so that starting it again is of no use. */
const PERMANENT = new Set([64, 65, 69, 73, 75, 77]);

/**
 * Why a server did not come up.
 * @param {ServerCommand} command
 * @param {number | null} code
 * @param {string} log
 */
function startFailure(command, code, log) {
  const words = lastWords(log)?.replace(/\.?$/, ".");
  if (code !== null && PERMANENT.has(code) && words !== undefined) {
    return new Failure("server-failed", `Snapdeck did not start: ${words}`, code);
  }
  return new Failure(
    "server-failed",
    `The ${command.title} did not start: ${words ?? `it ended with exit code ${code}.`} Its log is ${command.logFile}.`,
  );
}

/**
 * Starts a server in a process group of its own, so that Ctrl-C reaches the launcher alone, and waits until it serves.
 * @param {ServerCommand} command
 * @param {(pid: number | undefined) => void} record called when the process exists and when it is gone
 * @returns {Promise<ServerProcess>}
 * @throws {Failure} `server-failed`, or with the server's own exit code when it says that a person must change something
 */
export async function startServer(command, record) {
  const log = openSync(command.logFile, "a", 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(process.execPath, ["--enable-source-maps", command.program, "--config", command.configFile], {
    detached: true,
    stdio: ["ignore", "pipe", log],
    env: { ...process.env, ...command.env },
  });
  closeSync(log);
  const { pid } = child;
  record(pid);

  /** @type {Promise<{ code: number | null, how: string }>} */
  const closed = new Promise((settle) => {
    child.once("error", (error) => settle({ code: null, how: error.message }));
    child.once("exit", (code, signal) => settle({ code, how: signal ?? `exit code ${code}` }));
  });
  const ended = closed.then(({ how }) => {
    record(undefined);
    return how;
  });
  /** @type {Promise<ReadyLine>} */
  const ready = new Promise((settle) => {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        const said = parseReadyLine(line);
        if (said !== undefined) settle(said);
      });
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_WITHIN_MS);
  const first = await Promise.race([ready, closed]).finally(() => clearTimeout(timer));
  if (!("ready" in first) || pid === undefined) {
    const code = "code" in first ? first.code : null;
    throw startFailure(command, code, readFrom(command.logFile, logStart));
  }
  return { pid, ready: first, ended, kill: (signal) => void child.kill(signal) };
}
