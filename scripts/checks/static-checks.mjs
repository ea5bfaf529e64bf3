import { TURBO_ENV } from "../setup/build.mjs";
import { runAloud } from "./run-aloud.mjs";

/**
 * @typedef {{ title: string, commands: { program: string, args: string[] }[] }} StaticCheck
 */

/** @type {readonly StaticCheck[]} */
export const STATIC_CHECKS = [
  { title: "format and lint", commands: [{ program: "biome", args: ["check", "."] }] },
  { title: "boundaries", commands: [{ program: "turbo", args: ["boundaries"] }] },
  {
    title: "types",
    commands: [
      { program: "turbo", args: ["run", "types", "--output-logs=errors-only", "--log-order=grouped"] },
      { program: "tsc", args: ["--noEmit", "-p", "scripts"] },
    ],
  },
];

/**
 * @param {StaticCheck} check
 * @returns {Promise<boolean>} whether it passed
 */
export async function passesCheck({ title, commands }) {
  console.log(`\n== ${title}`);
  let ok = true;
  for (const { program, args } of commands) ok = (await runAloud(program, args, TURBO_ENV)) === 0 && ok;
  return ok;
}
