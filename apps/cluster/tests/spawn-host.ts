import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HostReady, HostRestore, HostStatus, HostTrial, RankEndpoints } from "@snapdeck/contract/host";
import { Problem } from "@snapdeck/contract/problem";
import type { z } from "zod";

const MAIN = fileURLToPath(new URL("../src/host/main.ts", import.meta.url));
/** Where `tsx` is found from. */
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

/** Directories for one cluster, removed by `remove`. */
export type ClusterDirectories = { clusterDir: string; storeRoot: string; remove: () => Promise<void> };

export async function makeClusterDirectories(): Promise<ClusterDirectories> {
  const root = await mkdtemp(join(tmpdir(), "snapdeck-host-"));
  return {
    clusterDir: join(root, "cluster"),
    storeRoot: join(root, "store"),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export type HostExit = { code: number | null; signal: NodeJS.Signals | null };

/** A host manager that did not start: with which code, and what it said last. */
export class HostDidNotStart extends Error {
  override readonly name = "HostDidNotStart";
  readonly exit: HostExit;
  readonly lastWords: string;
  readonly stderr: string;

  constructor(exit: HostExit, lastWords: string, stderr: string) {
    super(`the host manager ended with ${exit.code ?? exit.signal}: ${lastWords}`);
    this.exit = exit;
    this.lastWords = lastWords;
    this.stderr = stderr;
  }
}

export type Answer = { status: number; headers: Headers; text: string };

/** A host manager in a process of its own, and its API. */
export class SpawnedHost {
  readonly child: ChildProcess;
  readonly ready: HostReady;
  readonly token: string;
  readonly exited: Promise<HostExit>;
  /** What it logged so far. */
  readonly logText: () => string;

  constructor(parts: Pick<SpawnedHost, "child" | "ready" | "token" | "exited" | "logText">) {
    this.child = parts.child;
    this.ready = parts.ready;
    this.token = parts.token;
    this.exited = parts.exited;
    this.logText = parts.logText;
  }

  get pid(): number {
    return this.ready.pid;
  }

  /** Any request, with the token unless `headers` say otherwise. A body that is no string is sent as JSON. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.ready.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** A request that must succeed. */
  async ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return schema.parse(JSON.parse(answer.text));
  }

  /** A request that must be refused. */
  async refused(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Problem> {
    const answer = await this.request(method, path, body, headers);
    if (answer.status < 400) throw new Error(`${method} ${path} was not refused but answered ${answer.status}`);
    return Problem.parse(JSON.parse(answer.text));
  }

  status(): Promise<HostStatus> {
    return this.ask(HostStatus, "GET", "/v1/status");
  }

  endpoints(): Promise<RankEndpoints> {
    return this.ask(RankEndpoints, "GET", "/v1/endpoints");
  }

  restore(operationId: string): Promise<HostRestore> {
    return this.ask(HostRestore, "GET", `/v1/restores/${operationId}`);
  }

  restoreEndpoints(operationId: string): Promise<RankEndpoints> {
    return this.ask(RankEndpoints, "GET", `/v1/restores/${operationId}/endpoints`);
  }

  trial(operationId: string): Promise<HostTrial> {
    return this.ask(HostTrial, "GET", `/v1/trials/${operationId}`);
  }

  trialEndpoints(operationId: string): Promise<RankEndpoints> {
    return this.ask(RankEndpoints, "GET", `/v1/trials/${operationId}/endpoints`);
  }

  untilTrial(operationId: string, phase: HostTrial["phase"]): Promise<HostTrial> {
    return waitFor(
      () => this.trial(operationId),
      (trial) => {
        if (trial.phase === "failed" && phase !== "failed") throw new Error(`the trial failed: ${trial.detail}`);
        return trial.phase === phase;
      },
    );
  }

  /** Gives the order and waits until the cluster is `suspended` or `running`. */
  async suspend(order: { operationId: string; fencingToken: number }): Promise<HostStatus> {
    await this.ask(HostStatus, "POST", "/v1/suspend", order);
    return this.until((status) => status.state === "suspended");
  }

  async resume(order: { operationId: string; fencingToken: number }): Promise<HostStatus> {
    await this.ask(HostStatus, "POST", "/v1/resume", order);
    return this.until((status) => status.state === "running");
  }

  until(isSo: (status: HostStatus) => boolean): Promise<HostStatus> {
    return waitFor(() => this.status(), isSo);
  }

  untilRestore(operationId: string, phase: HostRestore["phase"]): Promise<HostRestore> {
    return waitFor(
      () => this.restore(operationId),
      (restore) => {
        if (restore.phase === "failed" && phase !== "failed") throw new Error(`the restore failed: ${restore.detail}`);
        return restore.phase === phase;
      },
    );
  }

  /** Ends it as an operator would. */
  async stop(): Promise<HostExit> {
    this.child.kill("SIGTERM");
    return this.exited;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<HostExit> {
    this.child.kill("SIGKILL");
    return this.exited;
  }
}

/** Asks until the answer is what is waited for. Throws with the last answer after `timeoutMs`. */
export async function waitFor<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`it did not come: ${JSON.stringify(answer)}`);
    await sleep(20);
  }
}

export type SpawnOptions = {
  /** Anything of HostConfig; sent on standard input. */
  config: Record<string, unknown>;
  /** As `@snapdeck/failpoint` reads them. */
  failpoints?: string;
};

/** Starts a host manager and waits until it serves. Throws HostDidNotStart when it ends instead. */
export async function spawnHost({ config, failpoints = "" }: SpawnOptions): Promise<SpawnedHost> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN], {
    cwd: PACKAGE,
    env: { ...process.env, SNAPDECK_FAILPOINTS: failpoints },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exited = once(child, "exit").then(([code, signal]): HostExit => ({ code, signal }));
  const closed = once(child, "close");
  // A host manager that dies at once may not take its configuration; its exit tells why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(config));
  const firstLine = once(createInterface({ input: child.stdout }), "line").then(([line]) => String(line));
  const started = await Promise.race([firstLine, exited]);
  if (typeof started !== "string") {
    await closed;
    throw new HostDidNotStart(started, lastMessage(stderr), stderr);
  }
  const ready = HostReady.parse(JSON.parse(started));
  const token = (await readFile(ready.tokenFile, "utf8")).trim();
  return new SpawnedHost({ child, ready, token, exited, logText: () => stderr });
}

function lastMessage(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  const match = /"msg":("(?:[^"\\]|\\.)*")/.exec(line);
  return match?.[1] === undefined ? line : String(JSON.parse(match[1]));
}

/** Runs a statement on a rank and answers its text. Throws what the engine says otherwise. */
export async function query(rank: RankEndpoints[number], sql: string): Promise<string> {
  const response = await fetch(rank.url, {
    method: "POST",
    headers: { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password },
    body: sql,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`rank ${rank.rank} answered ${response.status}: ${text}`);
  return text.trim();
}

/** The same statement on every rank; answers what they said, by rank number. */
export function queryAll(ranks: RankEndpoints, sql: string): Promise<string[]> {
  return Promise.all(ranks.map((rank) => query(rank, sql)));
}
