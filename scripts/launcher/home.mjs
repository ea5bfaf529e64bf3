import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Failure, systemErrorCode } from "../setup/failure.mjs";

/** Below this much free space nothing is started: the engine answers "done" to writes that a full disk swallowed. */
export const LEAST_FREE_BYTES = 1024 ** 3;

const MARKER = "snapdeck.json";

/**
 * Where things are kept. All absolute.
 * @param {string} home
 */
export function layoutOf(home) {
  return {
    home,
    marker: join(home, MARKER),
    processes: join(home, "processes.json"),
    configs: join(home, "config"),
    cluster: join(home, "cluster"),
    store: join(home, "store"),
    databaseBackups: join(home, "database-backups"),
    state: join(home, "state"),
    keys: join(home, "keys"),
    logs: join(home, "logs"),
  };
}

/** @typedef {ReturnType<typeof layoutOf>} HomeLayout */

/**
 * What the cluster of this home was made with.
 * @typedef {{ name: string, ranks: number }} HomeSettings
 */

/**
 * @param {string} home
 * @param {unknown} error
 */
function unwritable(home, error) {
  return new Failure(
    "home-unwritable",
    `The home directory ${home} cannot be made or written (${systemErrorCode(error) ?? String(error)}). Nothing was started. ` +
      'Make it writable, or name another with "npm start -- --home DIR".',
  );
}

/**
 * @param {string} home
 * @param {string} because
 */
function unsafe(home, because) {
  return new Failure(
    "home-unsafe",
    `The home directory ${home} ${because}. Nothing was changed. Name a new or empty directory with "npm start -- --home DIR".`,
  );
}

/**
 * Makes the home for us alone (mode 0700), or checks the one that is there.
 * @param {string} home absolute
 * @returns {HomeLayout}
 * @throws {Failure} `home-unwritable`, `home-unsafe`
 */
export function openHome(home) {
  const layout = layoutOf(home);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw unwritable(home, error);
  }
  const stats = lstatSync(home);
  if (!stats.isDirectory()) throw unsafe(home, "is not a directory");
  const user = process.getuid?.() ?? 0;
  if (stats.uid !== user) throw unsafe(home, `belongs to user ${stats.uid}, and this is user ${user}`);
  try {
    const found = readdirSync(home);
    // Never take over a folder that holds something else: its mode is about to change.
    if (found.length > 0 && !found.includes(MARKER)) throw unsafe(home, "holds other files");
    chmodSync(home, 0o700);
    const probe = join(home, `.writable-${process.pid}`);
    writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unwritable(home, error);
  }
  return layout;
}

/**
 * Refuses to start on a disk that is nearly full.
 * @param {string} home
 * @param {number} [freeBytes] what is free there; read from the file system when absent
 * @throws {Failure} `disk-full`
 */
export function refuseFullDisk(home, freeBytes) {
  const stats = freeBytes === undefined ? statfsSync(home) : undefined;
  const free = freeBytes ?? (stats === undefined ? 0 : stats.bavail * stats.bsize);
  if (free >= LEAST_FREE_BYTES) return;
  const inMib = (/** @type {number} */ bytes) => `${Math.floor(bytes / 1024 ** 2)} MiB`;
  throw new Failure(
    "disk-full",
    `The disk of ${home} has ${inMib(free)} free, and Snapdeck needs ${inMib(LEAST_FREE_BYTES)} to run safely. Nothing was started. ` +
      'Free some space, or name a home on another disk with "npm start -- --home DIR".',
  );
}

/**
 * Writes a file that only we may read, aside first, so that a reader never sees half of it.
 * @param {string} path
 * @param {unknown} content becomes JSON
 */
export function writePrivateJson(path, content) {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * @param {string} path
 * @returns {unknown} undefined when it is not there or not JSON
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * What is asked for now, and where nothing is asked for, what the home was made with. Remembers the result.
 * @param {HomeLayout} layout
 * @param {{ name?: string | undefined, ranks?: number | undefined }} asked
 * @returns {HomeSettings}
 */
export function settleSettings(layout, asked) {
  const known = readJson(layout.marker);
  // Until there is a cluster, an earlier attempt to start one binds nobody.
  const isBinding = existsSync(layout.cluster) && typeof known === "object" && known !== null;
  const before = /** @type {Partial<HomeSettings>} */ (isBinding ? known : {});
  if (asked.ranks !== undefined && before.ranks !== undefined && asked.ranks !== before.ranks) {
    throw new Failure(
      "usage",
      `The cluster in ${layout.home} was made with ${before.ranks} rank(s), and --ranks asks for ${asked.ranks}. Nothing was touched. ` +
        "Leave --ranks out, or name another home.",
    );
  }
  const settings = { name: asked.name ?? before.name ?? "local", ranks: asked.ranks ?? before.ranks ?? 1 };
  writePrivateJson(layout.marker, settings);
  return settings;
}
