import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildWhatIsStale } from "../setup/build.mjs";
import { EXIT_CODES, Failure } from "../setup/failure.mjs";
import { installWhatIsMissing } from "../setup/install.mjs";
import { ROOT } from "../setup/root.mjs";
import { layoutOf } from "./home.mjs";
import { defaultHome } from "./options.mjs";

const CHECK_STORE = join(ROOT, "packages/store-checker/dist/check-store.mjs");

const HELP = `snapdeck <command> [options]

  check-store   prove that store and state keep their promises; --help lists its options

"npm start" starts Snapdeck itself.`;

/** @param {string} text */
const tell = (text) => console.error(text);

/**
 * `snapdeck`: ends the process with the command's exit code.
 * @param {readonly string[]} args
 */
export async function main([command, ...args]) {
  try {
    process.exitCode = await run(command, args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(error.message);
    process.exitCode = error.exitCode;
  }
}

/**
 * @param {string | undefined} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function run(command, args) {
  if (command === "check-store") {
    if (!existsSync(CHECK_STORE)) {
      await installWhatIsMissing(tell);
      await buildWhatIsStale(tell);
    }
    const { main: checkStore } = await import(pathToFileURL(CHECK_STORE).href);
    return checkStore(args, { defaultHome: defaultHome(process.env), layoutOf });
  }
  if (command === undefined || command === "--help" || command === "-h" || command === "help") {
    console.log(HELP);
    return 0;
  }
  tell(`There is no command "${command}". ${HELP}`);
  return EXIT_CODES.usage;
}
