import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

const ReadyLine = z.strictObject({
  ready: z.literal(true),
  url: z.url(),
  setupUrl: z.url().optional(),
  pid: z.int(),
});
export type ReadyLine = z.infer<typeof ReadyLine>;

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** The bundle that is shipped, built from what stands here, in a place of its own from which its dependencies are found. */
export class BuiltBff {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async make(): Promise<BuiltBff> {
    const cache = join(PACKAGE, "node_modules/.cache");
    await mkdir(cache, { recursive: true });
    const dir = await mkdtemp(join(cache, "bff-"));
    const [code] = await once(spawn(process.execPath, ["build.mjs", dir], { cwd: PACKAGE, stdio: "inherit" }), "close");
    if (code !== 0) throw new Error(`the build ended with ${code}`);
    return new BuiltBff(dir);
  }

  get main(): string {
    return join(this.#dir, "bff.mjs");
  }

  remove(): Promise<void> {
    return rm(this.#dir, { recursive: true, force: true });
  }
}

/** The BFF as a process of its own, as an operator starts it. */
export class BffProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #stderr = "";
  readonly ended: Promise<Ended>;
  readonly #ready: Promise<ReadyLine | undefined>;

  /** @param config Goes to standard input; text goes there as it stands. */
  constructor(main: string, config: unknown, nodeArguments: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [...nodeArguments, main], {
      stdio: "pipe",
      // Whatever database the person who runs the tests works on is left alone.
      env: { ...process.env, DATABASE_URL: undefined, ...env },
    });
    this.#child = child;
    child.stdin.on("error", () => undefined);
    child.stdin.end(typeof config === "string" ? config : JSON.stringify(config));
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.ended = new Promise((resolve) => {
      child.on("close", (code) => resolve({ code, stdout: this.#lines.join("\n"), stderr: this.#stderr }));
    });
    this.#ready = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#lines.push(line);
        resolve(ReadyLine.parse(JSON.parse(line)));
      });
      child.on("close", () => resolve(undefined));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the server has no process");
    return this.#child.pid;
  }

  /** The ready line. Throws with what the process said when it ended instead. */
  async ready(): Promise<ReadyLine> {
    const ready = await this.#ready;
    if (ready !== undefined) return ready;
    throw new Error(`the server did not start: ${this.#stderr}`);
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL");
  }
}
