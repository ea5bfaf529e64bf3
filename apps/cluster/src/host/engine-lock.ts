import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

type FileLock = { pid: number; major: number; minor: number; inode: number };

/** The locks that `/proc/locks` lists as held (proc(5)); those that are waited for are not. */
export function parseLocks(text: string): FileLock[] {
  const locks: FileLock[] = [];
  for (const line of text.split("\n")) {
    const match = /^\d+: (?:FLOCK|POSIX|OFDLCK)\s+\S+\s+\S+\s+(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /.exec(line);
    if (match === null) continue;
    const [, pid, major, minor, inode] = match;
    locks.push({
      pid: Number(pid),
      major: Number.parseInt(major ?? "", 16),
      minor: Number.parseInt(minor ?? "", 16),
      inode: Number(inode),
    });
  }
  return locks;
}

/** `makedev` of glibc, backwards: the two halves of `stat.dev`. */
export function deviceNumbers(dev: number): { major: number; minor: number } {
  const bits = BigInt(dev);
  return {
    major: Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn)),
    minor: Number((bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn)),
  };
}

function holdsOpen(pid: number, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

/**
 * The process that holds the engine's own lock on a data directory (`flock` on its `status` file); undefined when nobody does.
 * Reading `/proc/locks` takes nothing and disturbs nobody, unlike trying the lock.
 */
export function engineLockHolder(dataDir: string): number | undefined {
  const path = join(dataDir, "status");
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  const device = deviceNumbers(status.dev);
  const held = parseLocks(readFileSync("/proc/locks", "utf8")).find((lock) => {
    if (lock.inode !== status.ino) return false;
    // Overlay and btrfs show another device here than in stat: there, the open file decides.
    if (lock.major === device.major && lock.minor === device.minor) return true;
    return holdsOpen(lock.pid, realpathSync(path));
  });
  return held?.pid;
}

/**
 * Waits until nobody holds the engine's lock on that directory, and answers who still does when `timeoutMs` went by.
 * `onWait` is called once, with the holder, when there is something to wait for.
 */
export async function waitForEngineLock(
  dataDir: string,
  options: { timeoutMs: number; signal?: AbortSignal; onWait?: (pid: number) => void },
): Promise<number | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  let told = false;
  for (;;) {
    const holder = engineLockHolder(dataDir);
    if (holder === undefined) return undefined;
    if (!told) options.onWait?.(holder);
    told = true;
    options.signal?.throwIfAborted();
    if (performance.now() >= deadline) return holder;
    await sleep(50);
  }
}
