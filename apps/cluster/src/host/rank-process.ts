import { type ChildProcess, fork } from "node:child_process";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { RANK_ENVIRONMENT, type RankCommand, RankReport } from "../rank/rank-messages.ts";
import { deferred } from "./deferred.ts";
import { identityOf, type ProcessIdentity } from "./process-identity.ts";

/** What a rank takes at most after its drain's time is up: it kills what is left and waits 10 s for that to go. */
const DRAIN_GRACE_MS = 15_000;

/** How a rank process ended; `failure` is what it said of itself before. */
export type RankExit = { code: number | null; signal: NodeJS.Signals | null; failure?: string };

export type RankReady = { port: number; engineVersion: string };

/** In words, for an operator. */
export function describeExit(exit: RankExit): string {
  if (exit.failure !== undefined) return exit.failure;
  if (exit.signal !== null) return `the process was killed by ${exit.signal}`;
  return `the process ended by itself with exit code ${exit.code ?? "unknown"}`;
}

/** Beside us, in the source tree and in the built one. */
function rankModule(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith(".ts") ? join(dirname(here), "../rank/main.ts") : join(dirname(here), "rank.mjs");
}

/** What a rank asks for, and what it may know of our environment: where programs and temporary files are, and how time is told. */
function rankEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "TZ", "LANG", "TMPDIR", "SNAPDECK_LOG_LEVEL"];
  const known = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(known), ...RANK_ENVIRONMENT };
}

/**
 * One rank process, from fork to exit. It has a process group of its own, so that Ctrl-C on the terminal reaches the host
 * manager alone, and it stops by itself when the channel to the host manager closes.
 */
export class RankProcess {
  readonly identity: ProcessIdentity;
  /** Settles once: the rank serves, or it ended before it did (rejects, with the reason as message). */
  readonly ready: Promise<RankReady>;
  /** The process is gone. Never rejects. */
  readonly exited: Promise<RankExit>;
  readonly #child: ChildProcess;
  #failure: string | undefined;
  #onQueriesLeft: ((queriesLeft: number) => void) | undefined;
  #drained: (() => void) | undefined;

  /** Throws when no process can be made. */
  constructor() {
    // The arguments of this Node (a TypeScript loader, in development) serve the rank too.
    this.#child = fork(rankModule(), [], {
      detached: true,
      env: rankEnvironment(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    // Handed on, not handed down: where our own output leads may close, and a rank must not fail over that.
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      output?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
    }
    const ready = deferred<RankReady>();
    const exited = deferred<RankExit>();
    this.ready = ready.promise;
    this.exited = exited.promise;
    this.#child.on("message", (message) => {
      const report = RankReport.safeParse(message);
      if (!report.success) return;
      if (report.data.type === "ready") ready.resolve(report.data);
      if (report.data.type === "failed") this.#failure = report.data.detail;
      if (report.data.type === "draining") this.#onQueriesLeft?.(report.data.queriesLeft);
      if (report.data.type === "drained") this.#drained?.();
    });
    const end = (exit: RankExit) => {
      const told = this.#failure === undefined ? exit : { ...exit, failure: this.#failure };
      exited.resolve(told);
      ready.reject(new Error(describeExit(told)));
    };
    this.#child.on("exit", (code, signal) => end({ code, signal }));
    this.#child.on("error", (error) => {
      if (this.#child.pid === undefined) end({ code: null, signal: null, failure: `no process: ${error.message}` });
    });
    const identity = this.#child.pid === undefined ? undefined : identityOf(this.#child.pid);
    if (identity === undefined) throw new Error("the rank process could not be started");
    this.identity = identity;
  }

  open(command: Omit<Extract<RankCommand, { type: "open" }>, "type">): void {
    this.#send({ type: "open", ...command });
  }

  /**
   * Lets running queries end for `timeoutMs`, then kills them. Resolves when nothing runs any more, the process is gone, or it
   * stayed silent for `graceMs` longer: what hangs is ended by `stop`.
   */
  async drain(
    timeoutMs: number,
    onQueriesLeft: (queriesLeft: number) => void,
    graceMs: number = DRAIN_GRACE_MS,
  ): Promise<void> {
    this.#onQueriesLeft = onQueriesLeft;
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.#send({ type: "drain", timeoutMs });
    const silence = new AbortController();
    const tooLong = sleep(timeoutMs + graceMs, undefined, { signal: silence.signal }).catch(() => undefined);
    await Promise.race([drained, this.exited, tooLong]);
    silence.abort();
  }

  /** Asks the process to close its engine and end; one that is still there after `graceMs` is killed. */
  async stop(graceMs: number): Promise<RankExit> {
    this.#send({ type: "stop" });
    const timer = setTimeout(() => this.kill(), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #send(command: RankCommand): void {
    // A rank that is going away takes no messages any more; its exit tells the rest.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }
}
