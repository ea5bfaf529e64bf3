import { spawn } from "node:child_process";
import { ROOT } from "../setup/root.mjs";

/**
 * Runs a command to its end in the top folder; what it prints is seen as it comes, all of it on standard output.
 * @param {string} program below node_modules/.bin
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number | null>} its exit code; null when it did not start or was killed
 */
export function runAloud(program, args, env = {}) {
  return new Promise((settle) => {
    const child = spawn(`${ROOT}/node_modules/.bin/${program}`, args, {
      cwd: ROOT,
      stdio: ["ignore", 1, 1],
      env: { ...process.env, ...env },
    });
    child.once("error", () => settle(null));
    child.once("exit", (code) => settle(code));
  });
}
