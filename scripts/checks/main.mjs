import { readFileSync, writeFileSync } from "node:fs";
import { buildWhatIsStale } from "../setup/build.mjs";
import { findOrInstallChromium } from "../setup/chromium.mjs";
import { EXIT_CODES, Failure } from "../setup/failure.mjs";
import { installWhatIsMissing } from "../setup/install.mjs";
import { findOrInstallPostgresql } from "../setup/postgresql.mjs";
import { installStraceIfAllowed } from "../setup/strace.mjs";
import { findOrInstallSwift } from "../setup/swift.mjs";
import { plantedTable, withPlanted } from "./faults-page.mjs";
import { runPlanted } from "./planted.mjs";
import { ALL_FAULTS, DRIFT, FAULTS, FAULTS_PAGE, INTEGRATION, runTests, STORIES, UNIT } from "./runners.mjs";
import { passesCheck, STATIC_CHECKS } from "./static-checks.mjs";
import { sumOf, totalsLine } from "./totals.mjs";

/** @param {string} text */
const tell = (text) => console.log(text);

/** @typedef {{ runner: import("./runners.mjs").Runner, env?: NodeJS.ProcessEnv }} Run */

/**
 * Static checks, then tests, all of them whatever fails on the way. The totals come last, alone on their line.
 * @param {readonly Run[]} runs
 * @returns {Promise<boolean>} whether everything passed
 */
async function check(runs) {
  /** @type {string[]} */
  const failedChecks = [];
  for (const each of STATIC_CHECKS) if (!(await passesCheck(each))) failedChecks.push(each.title);
  const results = [];
  for (const { runner, env } of runs) results.push({ title: runner.title, totals: await runTests(runner, env) });

  const sum = sumOf(results.map(({ totals }) => totals));
  console.log("");
  for (const title of failedChecks) console.log(`${title}: FAILED`);
  for (const { title, totals } of results) console.log(`${title}: ${totalsLine(sumOf([totals]))}`);
  console.log(totalsLine(sum));
  return failedChecks.length === 0 && sum.failed === 0;
}

/**
 * Ends the process with 0 when everything passed, 1 when something failed, and the code of the failure when it could not be run.
 * @param {() => Promise<boolean>} work
 */
async function endWith(work) {
  try {
    process.exitCode = (await work()) ? 0 : 1;
  } catch (error) {
    tell(error instanceof Failure ? error.message : String(error instanceof Error ? error.stack : error));
    tell(totalsLine({ passed: 0, failed: 1, skipped: 0 }));
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT_CODES.internal;
  }
}

/** `npm test`: everything, from a fresh clone. */
export function test() {
  return endWith(async () => {
    await installWhatIsMissing(tell);
    const env = { POSTGRESQL_BIN: await findOrInstallPostgresql(tell), SWIFT_PYTHON: await findOrInstallSwift(tell) };
    const chromium = await findOrInstallChromium(tell);
    await installStraceIfAllowed(tell);
    await buildWhatIsStale(tell);
    return check([
      { runner: UNIT },
      { runner: DRIFT },
      { runner: INTEGRATION, env },
      { runner: FAULTS, env },
      { runner: STORIES, env: { CHROMIUM_PATH: chromium } },
    ]);
  });
}

/** `npm run test:faults`: every case of the fault matrix, and a new docs/faults.md. Takes half an hour and more. */
export function testFaults() {
  return endWith(async () => {
    await installWhatIsMissing(tell);
    const env = { POSTGRESQL_BIN: await findOrInstallPostgresql(tell), SNAPDECK_FAULT_TIER: "full" };
    await installStraceIfAllowed(tell);
    await buildWhatIsStale(tell);
    const totals = sumOf([await runTests(ALL_FAULTS, env)]);
    console.log(totalsLine(totals));
    return totals.failed === 0;
  });
}

/** `npm run test:faults -- --planted`: whether the harness finds five bugs that are planted for it. Takes some minutes. */
export function testPlanted() {
  return endWith(async () => {
    await installWhatIsMissing(tell);
    const env = { POSTGRESQL_BIN: await findOrInstallPostgresql(tell) };
    await buildWhatIsStale(tell);
    const results = await runPlanted(env);
    const run = { at: new Date().toISOString().slice(0, 10), node: process.version };
    writeFileSync(FAULTS_PAGE, withPlanted(readFileSync(FAULTS_PAGE, "utf8"), plantedTable(results, run)));
    const verdicts = results.flatMap((result) => result.verdicts);
    for (const { id, isCaught, told } of verdicts) tell(`${isCaught ? "caught" : "NOT CAUGHT"} by ${id}: ${told}`);
    const caught = verdicts.filter(({ isCaught }) => isCaught).length;
    tell(totalsLine({ passed: caught, failed: verdicts.length - caught, skipped: 0 }));
    return caught === verdicts.length;
  });
}

/** `npm run verify`: what a developer runs before a commit; everything but the browser. */
export function verify() {
  return endWith(async () => {
    await installWhatIsMissing(tell);
    const env = { POSTGRESQL_BIN: await findOrInstallPostgresql(tell), SWIFT_PYTHON: await findOrInstallSwift(tell) };
    await buildWhatIsStale(tell);
    return check([{ runner: UNIT }, { runner: INTEGRATION, env }, { runner: DRIFT }]);
  });
}
