import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "./failure.mjs";
import { runQuietly } from "./run-quietly.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Where a program is; undefined when it is not on the path.
 * @param {string} name
 * @returns {string | undefined}
 */
function whereIs(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/**
 * The browser of the stories: what `CHROMIUM_PATH` names, or the first on the path.
 * @returns {string | undefined}
 */
export function findChromium() {
  const { CHROMIUM_PATH: named } = process.env;
  if (named !== undefined && named !== "") return named;
  for (const name of NAMES) {
    const path = whereIs(name);
    if (path !== undefined) return path;
  }
  return undefined;
}

/**
 * Finds a Chromium, or installs Debian's.
 * @param {(text: string) => void} tell
 * @returns {Promise<string>} its path
 * @throws {Failure} `install-failed`
 */
export async function findOrInstallChromium(tell) {
  const found = findChromium();
  if (found !== undefined) return found;
  const missing = "The browser tests need Chromium, and none was found";
  if (whereIs("apt-get") === undefined) {
    throw new Failure("install-failed", `${missing}. Install one, or name it with CHROMIUM_PATH.`);
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(whereIs("sudo") !== undefined && (await runQuietly("sudo", ["-n", "true"])).ok)) {
    throw new Failure(
      "install-failed",
      `${missing}. Run "apt-get install chromium" as root, or name one with CHROMIUM_PATH.`,
    );
  }
  tell("Installing Debian's Chromium (once, a few minutes) ...");
  const apt = (/** @type {string[]} */ ...args) => {
    const words = [
      ...(isRoot ? [] : ["sudo", "-n"]),
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-qq",
      ...args,
    ];
    return runQuietly(words[0] ?? "", words.slice(1));
  };
  const update = await apt("update");
  // The fonts give text its width: a page without any cannot be judged at 400 px.
  const install = await apt("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation");
  const installed = findChromium();
  if (install.ok && installed !== undefined) return installed;
  throw new Failure(
    "install-failed",
    `${update.output}${install.output}\n${missing}; installing it failed, see above. Install one by hand, or name it with CHROMIUM_PATH.`,
  );
}
