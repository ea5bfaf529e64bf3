import { statSync } from "node:fs";
import { createServer } from "node:net";
import { Failure, systemErrorCode } from "../setup/failure.mjs";
import { readJson, writePrivateJson } from "./home.mjs";
import { endProcess, identityOf } from "./process-identity.mjs";

/** @typedef {import("./process-identity.mjs").ProcessIdentity} ProcessIdentity */

/** Long enough for a host manager to drain its queries (10 s) and stop its ranks. */
export const STOP_PATIENCE_MS = 30_000;

/**
 * Takes the home for this process with an abstract socket (unix(7)) named after its inode: the kernel gives it to one process at
 * a time and takes it back when that process dies. Held until this process ends.
 * @param {import("./home.mjs").HomeLayout} layout
 * @throws {Failure} `home-in-use`
 */
export async function takeHome(layout) {
  const { dev, ino } = statSync(layout.home);
  const guard = createServer((connection) => connection.destroy());
  const taken = await new Promise((settle, fail) => {
    guard.once("error", (error) => (systemErrorCode(error) === "EADDRINUSE" ? settle(false) : fail(error)));
    guard.listen(`\0snapdeck-home-${dev}-${ino}`, () => settle(true));
  });
  guard.unref();
  if (taken) return;
  const owner = readProcesses(layout).launcher;
  throw new Failure(
    "home-in-use",
    `Snapdeck already runs in ${layout.home}${owner === undefined ? "" : ` (process ${owner.pid})`}. Nothing was started. ` +
      'Stop that one first, or name another home with "npm start -- --home DIR".',
  );
}

/**
 * @typedef {{ launcher?: ProcessIdentity, bff?: ProcessIdentity, host?: ProcessIdentity }} HomeProcesses
 */

/**
 * @param {import("./home.mjs").HomeLayout} layout
 * @returns {HomeProcesses}
 */
function readProcesses(layout) {
  const known = readJson(layout.processes);
  return typeof known === "object" && known !== null ? known : {};
}

/**
 * Remembers a process of this home, or forgets it, so that the next start finds what a killed launcher left.
 * @param {import("./home.mjs").HomeLayout} layout
 * @param {keyof HomeProcesses} role
 * @param {number | undefined} pid
 */
export function recordProcess(layout, role, pid) {
  const { [role]: _, ...others } = readProcesses(layout);
  const identity = pid === undefined ? undefined : identityOf(pid);
  writePrivateJson(layout.processes, identity === undefined ? others : { ...others, [role]: identity });
}

/**
 * Ends what an earlier launcher that was killed left running: BFF first, then the host manager.
 * @param {import("./home.mjs").HomeLayout} layout
 */
export async function endLeftovers(layout) {
  const { bff, host } = readProcesses(layout);
  for (const identity of [bff, host]) if (identity !== undefined) await endProcess(identity, STOP_PATIENCE_MS);
}
