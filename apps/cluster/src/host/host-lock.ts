import { linkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { readOwnFile } from "./durable-file.ts";
import { identityOf, isAlive, ProcessIdentity } from "./process-identity.ts";
import { StartFailure } from "./start-failure.ts";

/** The directory is ours until `release`. */
export type HostLock = { release: () => void };

function inUse(clusterDir: string, by: string): StartFailure {
  return new StartFailure(
    "directory-in-use",
    `the data directory ${clusterDir} is in use by another host manager (${by}); nothing was touched. Stop that one first`,
  );
}

/**
 * An abstract socket (unix(7)) named after the directory's inode: the kernel gives it to one process at a time and takes it
 * back when that process dies, so that two starters cannot both believe that a stale lock file is theirs to replace.
 */
async function takeGuard(clusterDir: string): Promise<Server | undefined> {
  const { dev, ino } = statSync(clusterDir);
  const guard = createServer((connection) => connection.destroy());
  return new Promise((resolve, reject) => {
    guard.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    guard.listen(`\0snapdeck-host-${dev}-${ino}`, () => resolve(guard));
  });
}

async function ownerOf(lockFile: string): Promise<ProcessIdentity | undefined> {
  const text = await readOwnFile(lockFile);
  if (text === undefined) return undefined;
  try {
    return ProcessIdentity.parse(JSON.parse(text));
  } catch {
    // Not ours, or cut off by a power cut: whoever wrote it, the guard says that no host manager lives.
    return undefined;
  }
}

/**
 * Takes the directory for this process, or throws `directory-in-use`. The lock is the file `host.lock` with pid, start time and
 * boot id, checked against `/proc`: one whose owner is gone is taken over, also when its pid runs something else by now.
 */
export async function takeHostLock(clusterDir: string): Promise<HostLock> {
  const lockFile = join(clusterDir, "host.lock");
  const guard = await takeGuard(clusterDir);
  const owner = await ownerOf(lockFile);
  if (guard === undefined) throw inUse(clusterDir, owner === undefined ? "it is just starting" : `pid ${owner.pid}`);
  if (owner !== undefined && isAlive(owner)) {
    guard.close();
    throw inUse(clusterDir, `pid ${owner.pid}`);
  }
  const self = identityOf(process.pid);
  if (self === undefined) throw new Error("this process is not in /proc");
  const aside = `${lockFile}.${process.pid}`;
  rmSync(lockFile, { force: true });
  writeFileSync(aside, JSON.stringify(self), { mode: 0o600 });
  try {
    // A link fails where a file is: a host manager in another network namespace, which the guard cannot see, wins here.
    linkSync(aside, lockFile);
  } catch (error) {
    guard.close();
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw inUse(clusterDir, "it is just starting");
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return {
    release: () => {
      rmSync(lockFile, { force: true });
      guard.close();
    },
  };
}
