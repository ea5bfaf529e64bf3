import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLANTED_BUGS } from "../../e2e/faults/planted/bugs.mjs";
import { ROOT } from "../setup/root.mjs";
import { runQuietly } from "../setup/run-quietly.mjs";
import { faultOutcomes } from "./faults-page.mjs";
import { buildPlanted } from "./planted-build.mjs";

/** @typedef {import("../../e2e/faults/planted/bugs.mjs").PlantedBug} PlantedBug */

/**
 * Whether one named case caught a bug, and what its failure said.
 * @typedef {{ id: string, isCaught: boolean, told: string }} Verdict
 */

/** @typedef {{ bug: PlantedBug, verdicts: Verdict[] }} PlantedResult */

/**
 * Plants each bug in a copy, and runs the cases there that must find it.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly PlantedBug[]} [bugs]
 * @returns {Promise<PlantedResult[]>}
 */
export async function runPlanted(env, bugs = PLANTED_BUGS) {
  const results = [];
  for (const bug of bugs) {
    console.log(`\n== planted: ${bug.title}`);
    const { built, remove } = await buildPlanted(bug);
    try {
      results.push({ bug, verdicts: verdictsOf(bug, await reportOf(bug, { ...env, SNAPDECK_BUILT: built })) });
    } finally {
      remove();
    }
  }
  return results;
}

/**
 * Runs the named cases of one bug, and no others. What they print is seen only where there is no report: here failures are no news.
 * @param {PlantedBug} bug
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<unknown>} vitest's report; undefined when it left none
 */
async function reportOf({ cases, caughtBy }, env) {
  const folder = mkdtempSync(join(tmpdir(), "snapdeck-planted-"));
  const reportFile = join(folder, "report.json");
  const names = caughtBy.map(({ id }) => `${id.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}: `).join("|");
  const args = ["run", "--project", "faults", ...cases.map((file) => `e2e/faults/${file}`)];
  args.push("-t", `(?:^| )(?:${names})`, "--reporter=json", `--outputFile.json=${reportFile}`);
  // One seed, so that one run is like the next.
  const seeded = { SNAPDECK_FAULT_TIER: "full", SNAPDECK_FAULT_SEED: "1" };
  const { output } = await runQuietly(join(ROOT, "node_modules/.bin/vitest"), args, {
    env: { DATABASE_URL: "", ...env, ...seeded },
  });
  try {
    return JSON.parse(readFileSync(reportFile, "utf8"));
  } catch {
    console.log(output);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A bug is caught by a case that fails and says what the bug does; a failure for another reason has caught nothing.
 * @param {PlantedBug} bug
 * @param {unknown} report
 * @returns {Verdict[]}
 */
export function verdictsOf({ caughtBy }, report) {
  const outcomes = faultOutcomes(report);
  return caughtBy.map(({ id, shows }) => {
    const outcome = outcomes.find((each) => each.id === id);
    if (outcome === undefined) return { id, isCaught: false, told: "there is no such case" };
    if (outcome.skipped !== undefined) return { id, isCaught: false, told: `skipped: ${outcome.skipped}` };
    if (outcome.status !== "failed") return { id, isCaught: false, told: `it ${outcome.status}` };
    const { failure = "" } = outcome;
    return { id, isCaught: shows.test(failure), told: inBrief(failure) };
  });
}

/**
 * The same text from one run to the next; of a log, its last message.
 * @param {string} text
 */
function inBrief(text) {
  const [, said = text] = [...text.matchAll(/"msg":"([^"]+)"/g)].at(-1) ?? [];
  return said
    .replace(/expected .* to (?:deeply equal \[\]|be '.*' \/\/ Object\.is equality); (?=found: )/, "")
    .replace(/\d{8}-\d{6}-[0-9a-f]{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}/g, "…")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
    .replace(/\/tmp\/\S*\/(?=cluster\/)/g, "…/")
    .replace(/\ba(\d+)-[0-9a-f]{20}/g, "a$1");
}
