import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT } from "./root.mjs";
import { runQuietly } from "./run-quietly.mjs";

/** @typedef {{ version?: string, resolved?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage */

/**
 * Whether what is installed is not what the lock names. Packages for other platforms are optional and may be absent.
 * @param {Record<string, LockedPackage>} locked `packages` of package-lock.json
 * @param {Record<string, LockedPackage> | undefined} installed `packages` of node_modules/.package-lock.json, which npm writes
 *   when an installation is complete; undefined when there is none
 */
export function isInstallStale(locked, installed) {
  if (installed === undefined) return true;
  return Object.entries(locked).some(([path, wanted]) => {
    if (path === "") return false;
    const found = installed[path];
    if (found === undefined) return wanted.optional !== true;
    return found.version !== wanted.version || found.integrity !== wanted.integrity;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readPackages(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    // Cut off half-way: as good as none, and the installation is made again.
    return undefined;
  }
}

/** How to call npm: the one that runs us, or the one on the path. */
function npm() {
  const { npm_execpath: running } = process.env;
  return running?.endsWith(".js") ? { command: process.execPath, first: [running] } : { command: "npm", first: [] };
}

/**
 * Installs the packages of package-lock.json unless they are there.
 * @param {(text: string) => void} tell told once, before work that takes a while
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 * @throws {Failure} `install-failed`
 */
export async function installWhatIsMissing(tell, signal) {
  const locked = readPackages(join(ROOT, "package-lock.json"));
  if (locked === undefined) {
    throw new Failure(
      "install-failed",
      "package-lock.json is missing or damaged, so nothing can be installed. Restore it with git.",
    );
  }
  if (!isInstallStale(locked, readPackages(join(ROOT, "node_modules/.package-lock.json")))) return;
  tell("Installing packages (once, about a minute) ...");
  const { command, first } = npm();
  const { ok, output } = await runQuietly(
    command,
    [...first, "ci", "--include=dev", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"],
    signal === undefined ? {} : { signal },
  );
  if (ok) return;
  throw new Failure(
    "install-failed",
    `${output.trimEnd()}\nThe packages could not be installed; see above. Nothing was started.`,
  );
}
