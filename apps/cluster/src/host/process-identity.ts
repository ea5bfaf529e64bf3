import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** One process for ever: its number alone is given out again, and start times are counted from boot. */
export const ProcessIdentity = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks after boot, field 22 of `/proc/<pid>/stat` (proc(5)). */
  startTicks: z.string().regex(/^\d+$/),
  bootId: z.uuid(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** The two facts of `/proc/<pid>/stat` that matter here. The name in it may hold spaces and brackets: read from the last one. */
export function parseProcessStat(text: string): { state: string; startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  const startTicks = fields[19];
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks };
}

function readStat(pid: number): { state: string; startTicks: string } | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Who has that number now; undefined when nobody has, or only a zombie, which holds no files and no locks any more. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** Waits until that process is gone. True when it is; false when `timeoutMs` went by first. */
export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(identity)) {
    if (performance.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}
