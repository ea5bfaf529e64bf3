import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Failure } from "../setup/failure.mjs";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];

export const HELP = `npm start -- [options]

Starts Snapdeck with its embedded cluster and prints the address to open. Ctrl-C stops everything.

  --port N         the port on 127.0.0.1; 0 takes a free one          (default 8000)
  --home DIR       where cluster, backups, state and logs are kept    (default $XDG_DATA_HOME/snapdeck,
                                                                       or ~/.local/share/snapdeck)
  --ranks N        engine processes of a new cluster, 1 to 64         (default 1, then what the cluster has)
  --name NAME      the cluster's name, asked for before a restore     (default local, then what the cluster has)
  --example-data   load the example schema when the cluster is empty
  --log-level L    ${LOG_LEVELS.join(", ")}               (default info)
  --help           this text
`;

/**
 * @typedef {object} Options
 * @property {number} port 0 takes a free one
 * @property {string} home absolute
 * @property {number | undefined} ranks undefined: as the cluster has, or 1
 * @property {string | undefined} name undefined: as the cluster has, or "local"
 * @property {boolean} exampleData
 * @property {string} logLevel
 * @property {boolean} help
 */

/**
 * @param {string} option
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(option, text, least, most) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Failure(
    "usage",
    `--${option} takes a whole number from ${least} to ${most}, not "${text}". Nothing was started.`,
  );
}

/** @param {NodeJS.ProcessEnv} env */
export function defaultHome(env) {
  const base = env.XDG_DATA_HOME;
  // The XDG Base Directory Specification says to ignore a path that is not absolute.
  return base?.startsWith("/") ? join(base, "snapdeck") : join(homedir(), ".local/share/snapdeck");
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "8000" },
        home: { type: "string" },
        ranks: { type: "string" },
        name: { type: "string" },
        "example-data": { type: "boolean", default: false },
        "log-level": { type: "string", default: "info" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? "") : String(error);
    throw new Failure("usage", `${reason}. "npm start -- --help" lists what there is. Nothing was started.`);
  }
}

/**
 * What the person asked for.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Options}
 * @throws {Failure} `usage`
 */
export function readOptions(args, env) {
  const values = parse(args);
  const name = values.name?.trim();
  if (name !== undefined && (name.length < 1 || name.length > 63)) {
    throw new Failure("usage", "--name takes 1 to 63 characters. Nothing was started.");
  }
  if (!LOG_LEVELS.includes(values["log-level"])) {
    throw new Failure(
      "usage",
      `--log-level is one of ${LOG_LEVELS.join(", ")}, not "${values["log-level"]}". Nothing was started.`,
    );
  }
  if (values.home === "") throw new Failure("usage", "--home takes a directory. Nothing was started.");
  return {
    port: wholeNumber("port", values.port, 0, 65_535),
    home: values.home === undefined ? defaultHome(env) : resolve(values.home),
    ranks: values.ranks === undefined ? undefined : wholeNumber("ranks", values.ranks, 1, 64),
    name,
    exampleData: values["example-data"],
    logLevel: values["log-level"],
    help: values.help,
  };
}
