/**
 * What a runner counted. `broken` lists what went wrong outside of any test: a file that could not be loaded, a runner that
 * crashed, nothing run at all.
 * @typedef {{ passed: number, failed: number, skipped: number, broken: string[] }} Totals
 */

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null;
}

/**
 * @param {unknown} report
 * @param {string} field
 * @returns {number}
 */
function count(report, field) {
  const value = isRecord(report) ? report[field] : undefined;
  if (typeof value !== "number") throw new TypeError(`the report has no number "${field}"`);
  return value;
}

/**
 * Totals of vitest's JSON report.
 * @param {unknown} report
 * @returns {Totals}
 */
export function totalsOfVitest(report) {
  const files = isRecord(report) && Array.isArray(report.testResults) ? report.testResults : [];
  return {
    passed: count(report, "numPassedTests"),
    failed: count(report, "numFailedTests"),
    skipped: count(report, "numPendingTests") + count(report, "numTodoTests"),
    // A file that fails before its first test has a message and no test that failed.
    broken: files
      .filter(
        (file) =>
          file.status === "failed" &&
          !file.assertionResults.some((/** @type {{ status: string }} */ test) => test.status === "failed"),
      )
      .map((file) => `${file.name}: ${file.message || "failed outside of its tests"}`),
  };
}

/**
 * Totals of Playwright's JSON report. A story that passed only when it was tried again counts as failed.
 * @param {unknown} report
 * @returns {Totals}
 */
export function totalsOfPlaywright(report) {
  const stats = isRecord(report) ? report.stats : undefined;
  const errors = isRecord(report) && Array.isArray(report.errors) ? report.errors : [];
  return {
    passed: count(stats, "expected"),
    failed: count(stats, "unexpected") + count(stats, "flaky"),
    skipped: count(stats, "skipped"),
    broken: errors.map((error) =>
      isRecord(error) ? String(error.message ?? error.value ?? "unknown error") : String(error),
    ),
  };
}

/**
 * Judges a runner by its report and its exit code together: neither alone is believed.
 * @param {Totals | undefined} totals undefined when it left no report that could be read
 * @param {number | null} exitCode
 * @returns {Totals}
 */
export function judgeRunner(totals, exitCode) {
  if (totals === undefined) {
    return { passed: 0, failed: 0, skipped: 0, broken: [`the runner left no report (exit code ${exitCode})`] };
  }
  const broken = [...totals.broken];
  if (totals.passed + totals.failed === 0 && broken.length === 0) broken.push("no test was run");
  if (exitCode !== 0 && totals.failed === 0 && broken.length === 0)
    broken.push(`the runner ended with exit code ${exitCode}`);
  return { ...totals, broken };
}

/**
 * The sum of all runners. Each thing that broke counts as one failed test, so that the total of a broken run never looks green.
 * @param {readonly Totals[]} runners
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function sumOf(runners) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped, broken } of runners) {
    sum.passed += passed;
    sum.failed += failed + broken.length;
    sum.skipped += skipped;
  }
  return sum;
}

/**
 * The last line of a run: `N passed, N failed`, and `, N skipped` when there are any.
 * @param {{ passed: number, failed: number, skipped: number }} sum
 */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
