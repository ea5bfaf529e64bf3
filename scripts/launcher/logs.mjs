import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

/** How many earlier starts keep their log. */
const KEPT = 4;

/**
 * A fresh log file for this start; the one before becomes `<name>.1.log`, and so on.
 * @param {string} folder
 * @param {string} name
 * @returns {string} its path
 */
export function rotateLog(folder, name) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (/** @type {number} */ age) => join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  for (let age = KEPT - 1; age >= 0; age -= 1) if (existsSync(path(age))) renameSync(path(age), path(age + 1));
  return path(0);
}
