import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";

/** The folder of `initdb` and `postgres`: what `POSTGRESQL_BIN` names, or Debian's newest. `npm test` installs it where it is missing. */
export function postgresBinaries(): string {
  const { POSTGRESQL_BIN: named = "" } = process.env;
  const candidates = named === "" ? debianVersions() : [named];
  const found = candidates.find((folder) =>
    ["initdb", "postgres"].every((program) => isProgram(join(folder, program))),
  );
  if (found !== undefined) return found;
  throw new Error(
    "there is no PostgreSQL here: run npm test, which installs it, or name its programs with POSTGRESQL_BIN",
  );
}

function debianVersions(): string[] {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN, version, "bin"));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type Account = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: then it runs as Debian's user for it. Undefined for whoever else runs the tests. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const found = ["postgres", "nobody"].map((name) => accounts.find(([each]) => each === name)).find(Boolean);
  if (found === undefined) throw new Error("there is no user that PostgreSQL could run as");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
