// Read by Node versions that are too old for the rest: no syntax here that Node 12 cannot parse.
import { TOO_OLD_EXIT_CODE, tooOldMessage } from "./setup/node-version.mjs";

const message = tooOldMessage(process.versions.node);
if (message === undefined) {
  void import("./checks/main.mjs").then((checks) => {
    void (process.argv.includes("--planted") ? checks.testPlanted() : checks.testFaults());
  });
} else {
  console.error(message);
  process.exitCode = TOO_OLD_EXIT_CODE;
}
