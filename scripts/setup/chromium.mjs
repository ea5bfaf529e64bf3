import { installPackages, mayInstall, whereIs } from "./debian.mjs";
import { Failure } from "./failure.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

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
  if (!(await mayInstall())) {
    throw new Failure(
      "install-failed",
      `${missing}. Run "apt-get install chromium" as root, or name one with CHROMIUM_PATH.`,
    );
  }
  tell("Installing Debian's Chromium (once, a few minutes) ...");
  // The fonts give text its width: a page without any cannot be judged at 400 px.
  const { ok, output } = await installPackages(["chromium", "fonts-liberation"]);
  const installed = findChromium();
  if (ok && installed !== undefined) return installed;
  throw new Failure(
    "install-failed",
    `${output}\n${missing}; installing it failed, see above. Install one by hand, or name it with CHROMIUM_PATH.`,
  );
}
