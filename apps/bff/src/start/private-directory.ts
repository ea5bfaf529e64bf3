import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StartFailure, systemCode } from "./start-failure.ts";

/**
 * Makes a directory for us alone (0700), or checks the one that is there: a real directory, ours, closed to others, writable.
 * Answers its absolute path; `what` names it in the message.
 * @throws {StartFailure} `directory-unwritable`, `directory-unsafe`
 */
export function ensurePrivateDirectory(what: string, wanted: string): string {
  const path = resolve(wanted);
  const unwritable = (error: unknown) =>
    new StartFailure(
      "directory-unwritable",
      `the ${what} ${path} cannot be made or written (${systemCode(error) ?? "unknown error"}); nothing was started. Choose another directory or its rights`,
      error,
    );
  const unsafe = (reason: string) =>
    new StartFailure("directory-unsafe", `the ${what} ${path} is not safe: ${reason}; nothing was started`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // EEXIST: something other than a directory stands there, and is reported below.
    if (systemCode(error) !== "EEXIST") throw unwritable(error);
  }
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw unsafe("it is a link or no directory");
  if (stats.uid !== process.getuid?.()) throw unsafe(`it belongs to user ${stats.uid}`);
  if ((stats.mode & 0o077) !== 0) throw unsafe(`others may enter it; chmod 700 ${path}`);
  const probe = join(path, `.writable-${process.pid}`);
  try {
    writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw unwritable(error);
  }
  return path;
}
