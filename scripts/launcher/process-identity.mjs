import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "../setup/failure.mjs";

/**
 * One process for ever: its number alone is given out again, and start times are counted from boot.
 * @typedef {{ pid: number, startTicks: string, bootId: string }} ProcessIdentity
 */

/**
 * Who has that number now; undefined when nobody has, or only a zombie.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in it may hold spaces and brackets: read from the last one. Field 3 is the state, 22 the start (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTicks = fields[19];
    if (startTicks === undefined || fields[0] === "Z" || fields[0] === "X") return undefined;
    return { pid, startTicks, bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
  } catch {
    return undefined;
  }
}

/** @param {ProcessIdentity} identity */
export function isAlive(identity) {
  const now = identityOf(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/**
 * Asks a process to end, and makes it end when it has not after `patienceMs`. Resolves when it is gone.
 * @param {ProcessIdentity} identity
 * @param {number} patienceMs
 */
export async function endProcess(identity, patienceMs) {
  const deadline = performance.now() + patienceMs;
  signal(identity, "SIGTERM");
  while (isAlive(identity)) {
    if (performance.now() >= deadline) signal(identity, "SIGKILL");
    await sleep(20);
  }
}

/**
 * @param {ProcessIdentity} identity
 * @param {NodeJS.Signals} name
 */
function signal(identity, name) {
  try {
    if (isAlive(identity)) process.kill(identity.pid, name);
  } catch (error) {
    // ESRCH: it ended between the two lines.
    if (systemErrorCode(error) !== "ESRCH") throw error;
  }
}
