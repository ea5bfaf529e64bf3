import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../setup/failure.mjs";
import { ROOT } from "../setup/root.mjs";
import { runQuietly } from "../setup/run-quietly.mjs";

/** @typedef {import("../../e2e/faults/planted/bugs.mjs").PlantedBug} PlantedBug */

/** Below node_modules, where the programs' dependencies are found and nobody else looks for sources. */
const COPIES = join(ROOT, "node_modules/.cache/planted");

const APPS = /** @type {const} */ (["cluster", "bff"]);

/**
 * The text with the change made.
 * @param {string} text
 * @param {import("../../e2e/faults/planted/bugs.mjs").Edit} edit
 * @returns {string}
 * @throws {Error} when `from` does not stand there exactly once: the sources went on without the bug
 */
export function edited(text, { file, from, to }) {
  const times = text.split(from).length - 1;
  if (times !== 1) throw new Error(`${file} holds ${times} times, and not once:\n${from}`);
  return text.replace(from, () => to);
}

/**
 * Copies the sources, plants the bug there, and builds the servers. The tree itself stays as it is.
 * @param {PlantedBug} bug
 * @returns {Promise<{ built: string, remove: () => void }>} the folder with the builds, for `SNAPDECK_BUILT`
 * @throws {Failure} `build-failed`
 */
export async function buildPlanted(bug) {
  const copy = join(COPIES, bug.id);
  rmSync(copy, { recursive: true, force: true });
  copySources(copy);
  for (const edit of bug.edits) {
    const file = join(copy, edit.file);
    writeFileSync(file, edited(readFileSync(file, "utf8"), edit));
  }
  const built = join(copy, "built");
  for (const app of APPS) {
    const build = `cd "$1" && exec "$2" build.mjs "$3"`;
    const args = ["-c", build, "build", join(copy, "apps", app), process.execPath, join(built, app)];
    const { ok, output } = await runQuietly("/bin/sh", args);
    if (!ok) throw new Failure("build-failed", `${output.trimEnd()}\nThe ${app} with the bug ${bug.id} was not built.`);
  }
  return { built, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

/**
 * Applications and packages without what was installed or built; in the copy they find each other, and all else here.
 * @param {string} copy
 */
function copySources(copy) {
  const isSource = (/** @type {string} */ path) =>
    !["node_modules", "dist", "tests", ".turbo"].includes(basename(path));
  const scope = join(copy, "node_modules/@snapdeck");
  mkdirSync(scope, { recursive: true });
  cpSync(join(ROOT, "packages"), join(copy, "packages"), { recursive: true, filter: isSource });
  for (const app of APPS)
    cpSync(join(ROOT, "apps", app), join(copy, "apps", app), { recursive: true, filter: isSource });
  for (const name of readdirSync(join(copy, "packages"))) symlinkSync(join(copy, "packages", name), join(scope, name));
}
