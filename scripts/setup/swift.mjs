import { existsSync, readdirSync } from "node:fs";
import { installPackages, isProgram, mayInstall, runAsRoot } from "./debian.mjs";
import { Failure } from "./failure.mjs";

/** Debian's packages of OpenStack Swift, whose S3 API the tests of buckets talk to. */
const PACKAGES = ["swift-proxy", "swift-account", "swift-container", "swift-object"];

/** Debian's modules are for Debian's Python, whichever is first on the path. */
const PYTHON = "/usr/bin/python3";

const UNITS = "/lib/systemd/system";

/**
 * The Python that can load Swift: what `SWIFT_PYTHON` names, or Debian's where all of Swift's packages are there.
 * @returns {string | undefined}
 */
export function findSwift() {
  const { SWIFT_PYTHON: named } = process.env;
  if (named !== undefined && named !== "") return named;
  const programs = [PYTHON, ...PACKAGES.map((name) => `/usr/bin/${name}-server`)];
  return programs.every(isProgram) ? PYTHON : undefined;
}

/**
 * Finds Swift, or installs Debian's. The tests run it themselves, in directories and on ports of their own: of what the packages start for
 * everybody, nothing is left running.
 * @param {(text: string) => void} tell
 * @returns {Promise<string>} the Python that can load it
 * @throws {Failure} `install-failed`
 */
export async function findOrInstallSwift(tell) {
  const found = findSwift();
  if (found !== undefined) return found;
  const missing = "The tests of buckets need OpenStack Swift as an S3 server, and it was not found";
  const byHand = `Run "apt-get install --no-install-recommends ${PACKAGES.join(" ")}" as root, or name a Python that can load Swift with SWIFT_PYTHON.`;
  if (!(await mayInstall())) throw new Failure("install-failed", `${missing}. ${byHand}`);
  tell("Installing Debian's OpenStack Swift (once, half a minute) ...");
  const before = units();
  const { ok, output } = await installPackages(PACKAGES);
  await stopUnits(
    units().filter((unit) => !before.includes(unit)),
    tell,
  );
  const installed = findSwift();
  if (ok && installed !== undefined) return installed;
  throw new Failure("install-failed", `${output}\n${missing}; installing it failed, see above. ${byHand}`);
}

/** Services of Swift that this machine knows; a name that ends in @ is a pattern for others. */
function units() {
  if (!existsSync(UNITS)) return [];
  return readdirSync(UNITS).filter((name) => /^swift-[a-z-]+\.service$/.test(name));
}

/**
 * What the packages just started: nobody asked for it, and without rings it would try again for good.
 * @param {readonly string[]} names
 * @param {(text: string) => void} tell
 */
async function stopUnits(names, tell) {
  // Only a machine that systemd runs has started any.
  if (names.length === 0 || !existsSync("/run/systemd/system")) return;
  const { ok, output } = await runAsRoot(["systemctl", "disable", "--now", ...names]);
  if (!ok) tell(`${output}The services that Debian's packages started could not be stopped; nothing here uses them.`);
}
