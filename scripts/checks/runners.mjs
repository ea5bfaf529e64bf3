import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../setup/root.mjs";
import { faultOutcomes, faultsTable, withTable } from "./faults-page.mjs";
import { runAloud } from "./run-aloud.mjs";
import { judgeRunner, totalsOfPlaywright, totalsOfVitest } from "./totals.mjs";

/** @typedef {import("./totals.mjs").Totals} Totals */

/**
 * @typedef {object} Runner
 * @property {string} title
 * @property {string} program
 * @property {(reportFile: string) => { args: string[], env: NodeJS.ProcessEnv }} command
 * @property {(report: unknown) => Totals} read
 * @property {(report: unknown) => void} [keep] gets a report that could be read, before it is removed
 */

/**
 * @param {string} project of vitest.config.ts
 * @returns {Runner}
 */
function vitest(project) {
  return {
    title: project,
    program: "vitest",
    command: (reportFile) => ({
      args: ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`],
      env: {},
    }),
    read: totalsOfVitest,
  };
}

export const UNIT = vitest("unit");
export const DRIFT = vitest("drift");
export const INTEGRATION = vitest("integration");

/** The cases of the fault matrix that run with every `npm test`. */
export const FAULTS = vitest("faults");

export const FAULTS_PAGE = join(ROOT, "docs/faults.md");

/** The whole fault matrix; writes its table into docs/faults.md. @type {Runner} */
export const ALL_FAULTS = {
  ...FAULTS,
  title: "all faults",
  keep: (report) => {
    const run = { at: new Date().toISOString().slice(0, 10), node: process.version };
    const table = faultsTable(faultOutcomes(report), run);
    writeFileSync(FAULTS_PAGE, withTable(readFileSync(FAULTS_PAGE, "utf8"), table));
  },
};

/** @type {Runner} */
export const STORIES = {
  title: "stories",
  program: "playwright",
  command: (reportFile) => ({
    args: ["test", "--config", "e2e/playwright.config.ts"],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
  }),
  read: totalsOfPlaywright,
};

/**
 * Runs a runner to its end and judges it.
 * @param {Runner} runner
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Totals>}
 */
export async function runTests(runner, env = {}) {
  console.log(`\n== ${runner.title}`);
  const folder = mkdtempSync(join(tmpdir(), "snapdeck-report-"));
  const reportFile = join(folder, "report.json");
  try {
    const command = runner.command(reportFile);
    // Whatever database the person who runs the tests works on is left alone.
    const exitCode = await runAloud(runner.program, command.args, { DATABASE_URL: "", ...command.env, ...env });
    const totals = judgeRunner(readReport(runner, reportFile), exitCode);
    for (const trouble of totals.broken) console.log(`${runner.title}: ${trouble}`);
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Runner} runner
 * @param {string} reportFile
 * @returns {Totals | undefined}
 */
function readReport(runner, reportFile) {
  try {
    const report = JSON.parse(readFileSync(reportFile, "utf8"));
    const totals = runner.read(report);
    runner.keep?.(report);
    return totals;
  } catch (error) {
    console.log(`${runner.title}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
