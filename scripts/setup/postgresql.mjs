import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages, isProgram, mayInstall, runAsRoot } from "./debian.mjs";
import { Failure } from "./failure.mjs";

/** Debian 12's. The tests run it, and newer ones, in directories and on ports of their own. */
const VERSION = 15;

const VERSIONS = "/usr/lib/postgresql";

/** Where Debian keeps what belongs to the server that its package makes for everybody. */
const DEBIANS_OWN = [`/etc/postgresql/${VERSION}`, `/var/lib/postgresql/${VERSION}`];

/**
 * The folder of PostgreSQL's programs: what `POSTGRESQL_BIN` names, or the newest that Debian has installed, from 15 on.
 * @returns {string | undefined}
 */
export function findPostgresql() {
  const { POSTGRESQL_BIN: named } = process.env;
  if (named !== undefined && named !== "") return named;
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  return versions
    .filter((version) => version >= VERSION)
    .sort((a, b) => b - a)
    .map((version) => join(VERSIONS, String(version), "bin"))
    .find((folder) => ["initdb", "postgres"].every((program) => isProgram(join(folder, program))));
}

/**
 * Finds PostgreSQL's programs, or installs Debian's. No server is left running: Debian's package makes one at its first installation,
 * and what was not there before is taken away again.
 * @param {(text: string) => void} tell
 * @returns {Promise<string>} the folder of its programs
 * @throws {Failure} `install-failed`
 */
export async function findOrInstallPostgresql(tell) {
  const found = findPostgresql();
  if (found !== undefined) return found;
  const missing = `The tests of replicas need PostgreSQL ${VERSION} or newer, and none was found`;
  const byHand = `Run "apt-get install postgresql-${VERSION}" as root, or name its programs with POSTGRESQL_BIN.`;
  if (!(await mayInstall())) throw new Failure("install-failed", `${missing}. ${byHand}`);
  tell(`Installing Debian's PostgreSQL ${VERSION} (once, about a minute) ...`);
  const wasThere = DEBIANS_OWN.some((path) => existsSync(path));
  const { ok, output } = await installPackages([`postgresql-${VERSION}`]);
  if (!wasThere && existsSync(`/etc/postgresql/${VERSION}/main`)) await removeNewServer(tell);
  const installed = findPostgresql();
  if (ok && installed !== undefined) return installed;
  throw new Failure("install-failed", `${output}\n${missing}; installing it failed, see above. ${byHand}`);
}

/**
 * The empty server that the package just made and started: nobody asked for it, and it would stand on PostgreSQL's port for good.
 * @param {(text: string) => void} tell
 */
async function removeNewServer(tell) {
  const { ok, output } = await runAsRoot(["pg_dropcluster", "--stop", String(VERSION), "main"]);
  if (!ok) tell(`${output}The server that Debian's package made could not be removed; nothing here uses it.`);
}
