import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess, isAlive, type ProcessIdentity } from "../launcher/process-identity.mjs";
import { ROOT } from "../setup/root.mjs";

const URL_LINE = /^Snapdeck is ready.*: (http:\S+)$/m;

/** `npm start` as somebody typed it, in a home of its own. */
export class Launched {
  readonly home: string;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = "";
  stderr = "";

  /** Removed with everything in it, unless the home is somebody else's. */
  readonly #folder = mkdtempSync(join(tmpdir(), "snapdeck-launched-"));

  /** Without `home`, a new one. `program` defaults to the launcher itself; `npm` goes the whole way. */
  constructor(
    args: readonly string[] = [],
    { home, program = "node" }: { home?: string; program?: "node" | "npm" } = {},
  ) {
    this.home = home ?? join(this.#folder, "home");
    const options = ["--home", this.home, "--port", "0", ...args];
    const command = program === "node" ? ["scripts/start.mjs", ...options] : ["start", "--", ...options];
    // A process group of its own, so that a test can press Ctrl-C as a terminal does: to the whole group.
    this.process = spawn(program, command, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.process.stdout?.setEncoding("utf8").on("data", (text) => (this.stdout += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    this.exited = once(this.process, "close").then(([code]) => code);
  }

  /** Waits for the one line that names the address, and answers the address. */
  async url(): Promise<string> {
    return this.until("the address is printed", () => URL_LINE.exec(this.stdout)?.[1]);
  }

  async until<T>(what: string, fact: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + 40_000;
    while (performance.now() < deadline) {
      const answer = await fact();
      if (answer !== undefined) return answer;
      if (this.process.exitCode !== null) break;
      await sleep(20);
    }
    throw new Error(`waited in vain for: ${what}\n${this.stdout}${this.stderr}`);
  }

  /** Ctrl-C: the terminal sends it to every process of the group. */
  pressCtrlC(): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, "SIGINT");
  }

  /** The processes that the launcher keeps, by what they are. */
  processes(): { bff?: ProcessIdentity; host?: ProcessIdentity } {
    const file = join(this.home, "processes.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  }

  /** Leaves nothing behind, whatever happened. Fails when there was something to end. */
  async remove(): Promise<void> {
    const left = Object.values(this.processes()).filter(isAlive);
    for (const identity of left) await endProcess(identity, 5_000);
    rmSync(this.#folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind: ${left.map(({ pid }) => pid).join(", ")}`);
  }
}
