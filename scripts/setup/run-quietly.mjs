import { spawn } from "node:child_process";
import { ROOT } from "./root.mjs";

/**
 * Runs a command to its end in the top folder and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ signal?: AbortSignal, env?: NodeJS.ProcessEnv }} [options] aborting `signal` ends the command
 * @returns {Promise<{ ok: boolean, output: string }>} `output` is both streams, in the order they came
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", (error) => settle({ ok: false, output: `${output}${command}: ${error.message}\n` }));
    child.once("close", (code) => settle({ ok: code === 0, output }));
  });
}
