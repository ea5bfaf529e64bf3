import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const ReadyLine = z.strictObject({
  ready: z.literal(true),
  url: z.url(),
  setupUrl: z.url().optional(),
  pid: z.int(),
});
export type ReadyLine = z.infer<typeof ReadyLine>;

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** The BFF as a process of its own, as an operator starts it. */
export class BffProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #stderr = "";
  readonly ended: Promise<Ended>;
  readonly #ready: Promise<ReadyLine | undefined>;

  /** @param config Goes to standard input; text goes there as it stands. */
  constructor(config: unknown, nodeArguments: readonly string[] = []) {
    const child = spawn(process.execPath, ["--import", "tsx", ...nodeArguments, MAIN], { stdio: "pipe" });
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
