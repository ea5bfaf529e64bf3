import { lstatSync, mkdirSync, realpathSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join, parse, relative, resolve } from "node:path";
import { StartFailure } from "./start-failure.ts";

const CODES_OF_DENIAL = ["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EDQUOT", "ENAMETOOLONG"];

/** What is wrong with a directory that only its owner may enter; undefined when nothing is. `uid` is who we are. */
export function unsafeBecause(stats: Pick<Stats, "uid" | "mode">, uid: number): string | undefined {
  if (stats.uid !== uid) return `it belongs to user ${stats.uid}, and this is user ${uid}`;
  if ((stats.mode & 0o077) !== 0) {
    return `others may enter it (mode ${(stats.mode & 0o777).toString(8).padStart(4, "0")}); chmod 700 it`;
  }
  return undefined;
}

/** True when `inner` is `outer` or stands somewhere inside it. Both absolute. */
export function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === "" || (path !== ".." && !path.startsWith("../"));
}

function isError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

function unwritable(what: string, path: string, error: unknown): StartFailure {
  const code = isError(error) && error.code !== undefined ? error.code : "unknown error";
  return new StartFailure(
    "directory-unwritable",
    `the ${what} ${path} cannot be made or written (${code}); nothing was started. Choose another directory or its rights`,
    error,
  );
}

function lookAt(what: string, path: string, part: string): Stats | undefined {
  try {
    return lstatSync(part, { throwIfNoEntry: false });
  } catch (error) {
    // A file where a directory should be, or a directory that may not be entered.
    throw unwritable(what, path, error);
  }
}

/** Refuses links on the way that somebody else than root or we could turn elsewhere. */
function refuseForeignLinks(what: string, path: string, uid: number): void {
  for (let part = path; part !== parse(part).root; part = dirname(part)) {
    const stats = lookAt(what, path, part);
    if (stats?.isSymbolicLink() !== true) continue;
    if (part === path) {
      throw new StartFailure("directory-unsafe", `the ${what} ${path} is a symbolic link; name the directory itself`);
    }
    if (stats.uid !== 0 && stats.uid !== uid) {
      throw new StartFailure(
        "directory-unsafe",
        `the ${what} ${path} leads through ${part}, a link of user ${stats.uid}`,
      );
    }
  }
}

/**
 * Makes a directory for us alone (0700), or checks the one that is there: a real directory, ours, closed to others, writable.
 * Answers its real path. Throws a StartFailure otherwise; `what` names it in the message.
 */
export function ensurePrivateDirectory(what: string, wanted: string): string {
  const path = resolve(wanted);
  const uid = process.getuid?.() ?? 0;
  refuseForeignLinks(what, path, uid);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // EEXIST: something other than a directory stands there, and is reported below.
    if (!isError(error) || error.code !== "EEXIST") throw unwritable(what, path, error);
  }
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new StartFailure("directory-unsafe", `the ${what} ${path} is not a directory`);
  const reason = unsafeBecause(stats, uid);
  if (reason !== undefined) throw new StartFailure("directory-unsafe", `the ${what} ${path} is not safe: ${reason}`);
  const probe = join(path, `.writable-${process.pid}`);
  try {
    writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    if (isError(error) && CODES_OF_DENIAL.includes(error.code ?? "")) throw unwritable(what, path, error);
    throw error;
  }
  return realpathSync(path);
}

/** Refuses a store that could swallow, or be swallowed by, what it must outlive. All paths absolute and real. */
export function refuseStoreRoot(storeRoot: string, clusterDir: string, home: string): void {
  const refuse = (reason: string) => {
    throw new StartFailure(
      "directory-unsafe",
      `the store ${storeRoot} ${reason}; give backups a directory of their own`,
    );
  };
  if (storeRoot === parse(storeRoot).root) refuse("is the root of the file system");
  if (storeRoot === home) refuse("is the home directory");
  if (isWithin(storeRoot, clusterDir)) refuse("stands inside the data directory of the cluster");
  if (isWithin(clusterDir, storeRoot)) refuse("holds the data directory of the cluster");
}

/** Refuses a directory of database backups where a store may not be, and one that shares its files with the store. */
export function refuseBackupRoot(
  root: string,
  { clusterDir, storeRoot, home }: { clusterDir: string; storeRoot: string; home: string },
): void {
  refuseStoreRoot(root, clusterDir, home);
  if (!isWithin(root, storeRoot) && !isWithin(storeRoot, root)) return;
  throw new StartFailure(
    "directory-unsafe",
    `the directory of database backups ${root} and the store ${storeRoot} hold one another; keep them apart`,
  );
}
