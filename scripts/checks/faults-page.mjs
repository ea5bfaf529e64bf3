/**
 * What a fault case told of itself (`FaultResult` in e2e/faults/cases.ts), and how its test ended.
 * @typedef {{
 *   id: string, row: string, fault: string, tier: string, title: string, seed: number,
 *   outcome?: string, skipped?: string, failure?: string, settledMs?: number, status: string, tookMs: number
 * }} FaultOutcome
 */

/**
 * The fault cases in vitest's JSON report, in the order of their ids.
 * @param {unknown} report
 * @returns {FaultOutcome[]}
 */
export function faultOutcomes(report) {
  const files = isRecord(report) && Array.isArray(report.testResults) ? report.testResults : [];
  return files
    .flatMap((file) => (isRecord(file) && Array.isArray(file.assertionResults) ? file.assertionResults : []))
    .filter((test) => isRecord(test) && isRecord(test.meta) && isRecord(test.meta.fault))
    .map((test) => ({
      ...test.meta.fault,
      status: String(test.status),
      tookMs: Math.round(Number(test.duration ?? 0)),
    }))
    .sort((one, other) => one.id.localeCompare(other.id, "en", { numeric: true }));
}

/**
 * The table of docs/faults.md: how many cases, how long jobs took to settle, then one line for each case.
 * @param {readonly FaultOutcome[]} outcomes
 * @param {{ at: string, node: string }} run
 * @returns {string}
 */
export function faultsTable(outcomes, { at, node }) {
  const count = (/** @type {string} */ status) => outcomes.filter((each) => each.status === status).length;
  const skipped = outcomes.filter((each) => each.skipped !== undefined).length;
  const settled = outcomes
    .flatMap(({ settledMs }) => (settledMs === undefined ? [] : [settledMs]))
    .sort((a, b) => a - b);
  const share = (/** @type {number} */ part) =>
    settled[Math.min(settled.length - 1, Math.floor(settled.length * part))] ?? 0;
  return [
    `Last run: ${at}, Node ${node}. **${count("passed")} passed, ${count("failed")} failed, ${skipped} skipped.**`,
    `After everything was started again or let go on, the last job ended within ${share(0.5)} ms in half of the cases, ${share(1)} ms at most.`,
    "",
    "| case | row | fault | seed | outcome | settled ms | ms | what holds |",
    "| --- | --- | --- | ---: | --- | ---: | ---: | --- |",
    ...outcomes.map((each) =>
      [
        "",
        each.id,
        each.row,
        each.fault,
        each.seed,
        cell(outcomeOf(each)),
        each.settledMs ?? "",
        each.skipped === undefined ? each.tookMs : "",
        cell(each.title),
        "",
      ]
        .join(" | ")
        .trim(),
    ),
  ].join("\n");
}

/** @param {FaultOutcome} each */
function outcomeOf({ status, outcome, skipped }) {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return status === "passed" ? (outcome ?? "held") : `**${status}**`;
}

/** @param {string} text */
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const RESULTS = {
  begin: "<!-- results: written by npm run test:faults -->",
  end: "<!-- end of results -->",
};

const PLANTED = {
  begin: "<!-- planted bugs: written by npm run test:faults -- --planted -->",
  end: "<!-- end of planted bugs -->",
};

/**
 * The page with the table of the cases put between its two marks; what people wrote around it stays.
 * @param {string} page
 * @param {string} table
 * @returns {string}
 */
export function withTable(page, table) {
  return withSection(page, RESULTS, table);
}

/**
 * The same for the table of the planted bugs.
 * @param {string} page
 * @param {string} table
 * @returns {string}
 */
export function withPlanted(page, table) {
  return withSection(page, PLANTED, table);
}

/**
 * @param {string} page
 * @param {{ begin: string, end: string }} marks
 * @param {string} text
 */
function withSection(page, marks, text) {
  const begin = page.indexOf(marks.begin);
  const end = page.indexOf(marks.end);
  if (begin < 0 || end < begin)
    throw new Error(`docs/faults.md has lost its marks "${marks.begin}" and "${marks.end}"`);
  return `${page.slice(0, begin)}${marks.begin}\n\n${text}\n\n${page.slice(end)}`;
}

/**
 * The table of docs/faults.md that says which case catches which planted bug.
 * @param {readonly import("./planted.mjs").PlantedResult[]} results
 * @param {{ at: string, node: string }} run
 * @returns {string}
 */
export function plantedTable(results, { at, node }) {
  const caught = results.filter(({ verdicts }) => verdicts.every(({ isCaught }) => isCaught)).length;
  return [
    `Last run: ${at}, Node ${node}. **${caught} of ${results.length} bugs were caught by every case that is named.**`,
    "",
    "| planted bug | what the change does | case | how it showed |",
    "| --- | --- | --- | --- |",
    ...results.flatMap(({ bug, verdicts }) =>
      verdicts.map(
        ({ id, isCaught, told }) =>
          `| ${cell(bug.title)} | ${cell(bug.how)} | ${id} | ${isCaught ? "" : "**not caught**: "}${cell(told)} |`,
      ),
    ),
  ].join("\n");
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null;
}
