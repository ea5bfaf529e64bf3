import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { runQuietly } from "./run-quietly.mjs";

/**
 * Where a program is; undefined when it is not on the path.
 * @param {string} name
 * @returns {string | undefined}
 */
export function whereIs(name) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command as root where we are root or may become it without a password.
 * @param {readonly string[]} words
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function runAsRoot(words) {
  const [command = "", ...args] = [
    ...(isRoot() ? [] : ["sudo", "-n"]),
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    ...words,
  ];
  return runQuietly(command, args);
}

function isRoot() {
  return process.getuid?.() === 0;
}

/** Whether packages can be installed here: by `apt-get`, and by us. */
export async function mayInstall() {
  if (whereIs("apt-get") === undefined) return false;
  return isRoot() || (whereIs("sudo") !== undefined && (await runQuietly("sudo", ["-n", "true"])).ok);
}

/**
 * Installs packages of the distribution.
 * @param {readonly string[]} packages
 * @returns {Promise<{ ok: boolean, output: string }>} `output` is what was said, for when it failed
 */
export async function installPackages(packages) {
  const update = await runAsRoot(["apt-get", "-qq", "update"]);
  const install = await runAsRoot(["apt-get", "-qq", "install", "-y", "--no-install-recommends", ...packages]);
  return { ok: install.ok, output: update.output + install.output };
}
