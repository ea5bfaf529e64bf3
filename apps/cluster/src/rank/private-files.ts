import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_USERS } from "./engine-config.ts";
import { OpenFailure } from "./open-failure.ts";
import { MAX_STATEMENTS } from "./statement-slots.ts";

const PREFIX = "snapdeck-rank-";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A rank that was killed leaves its directory behind; the name says whose it was. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's: it is theirs to sweep.
    }
  }
}

/**
 * A directory for this process alone (0700): the engine's configuration, a named pipe for each statement that may run at a
 * time, and the data of small inserts. It stands apart from the data directory, which the host manager renames.
 */
export class PrivateFiles {
  readonly configPath: string;
  readonly #path: string;

  private constructor(path: string, configOf: (usersPath: string) => string) {
    this.#path = path;
    this.configPath = join(path, "engine.xml");
    const usersPath = join(path, "users.xml");
    writeFileSync(usersPath, ENGINE_USERS, { mode: 0o600, flag: "wx" });
    writeFileSync(this.configPath, configOf(usersPath), { mode: 0o600, flag: "wx" });
    mkdirSync(join(this.#path, "data"), { mode: 0o700 });
    // Node cannot make a named pipe; one call of coreutils makes them all.
    execFileSync("mkfifo", ["-m", "600", ...Array.from({ length: MAX_STATEMENTS }, (_, slot) => this.pipePath(slot))]);
  }

  /** Throws an OpenFailure when there is no room for them. */
  static make(configOf: (usersPath: string) => string): PrivateFiles {
    const parent = tmpdir();
    try {
      removeLeftovers(parent);
      return new PrivateFiles(mkdtempSync(join(parent, `${PREFIX}${process.pid}-`)), configOf);
    } catch (error) {
      const detail = `the rank cannot make its files in the temporary directory ${parent}; no data was touched. Make room there, or set TMPDIR`;
      throw new OpenFailure("internal", detail, { cause: error });
    }
  }

  pipePath(slot: number): string {
    return join(this.#path, `pipe-${slot}`);
  }

  /** Where the data of a small insert is put while it runs. */
  dataPath(slot: number): string {
    return join(this.#path, "data", String(slot));
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}
