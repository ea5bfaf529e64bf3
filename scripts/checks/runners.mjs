import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAloud } from "./run-aloud.mjs";
import { judgeRunner, totalsOfPlaywright, totalsOfVitest } from "./totals.mjs";

/** @typedef {import("./totals.mjs").Totals} Totals */

/**
 * @typedef {object} Runner
 * @property {string} title
 * @property {string} program
 * @property {(reportFile: string) => { args: string[], env: NodeJS.ProcessEnv }} command
 * @property {(report: unknown) => Totals} read
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
    const exitCode = await runAloud(runner.program, command.args, { ...command.env, ...env });
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
    return runner.read(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch {
    return undefined;
  }
}
