import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * What the build left: the programs and the page, exactly as an operator runs them. `SNAPDECK_BUILT` names a folder with other builds of
 * them in `cluster` and `bff`, such as one with a bug that was planted to see whether a test finds it.
 */
const { SNAPDECK_BUILT } = process.env;
const built = (app: "cluster" | "bff") =>
  SNAPDECK_BUILT === undefined ? join(ROOT, "apps", app, "dist") : resolve(SNAPDECK_BUILT, app);

export const BUILT = {
  host: join(built("cluster"), "host.mjs"),
  bff: join(built("bff"), "bff.mjs"),
  workbench: join(ROOT, "apps/workbench/dist"),
};

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser: what `CHROMIUM_PATH` names, or the first on the path. */
export function findChromium(): string {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") return named;
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
  if (found === undefined) throw new Error("no Chromium was found; install one, or name it with CHROMIUM_PATH");
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs as root in a container too, and keeps to itself: nothing is fetched that no story asked for. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
