import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { RANK_ENVIRONMENT, type RankCommand, RankReport } from "../src/rank/rank-messages.ts";

export type SpawnOptions = {
  /** A directory to open again; a fresh one when left out. */
  directory?: string;
  dataDir?: string;
  storeRoot?: string;
  backupRoots?: string[];
  port?: number;
  rank?: number;
  mode?: "users" | "maintenance";
  memoryLimitBytes?: number;
};

export type SpawnedRank = {
  url: string;
  port: number;
  pid: number;
  username: string;
  password: string;
  engineVersion: string;
  directory: string;
  dataDir: string;
  storeRoot: string;
  child: ChildProcess;
  /** What it wrote to stderr so far. */
  log: () => string;
  reports: RankReport[];
  /** Resolves with the first report, of the past or the future, that the predicate accepts. */
  report: (accepts: (report: RankReport) => boolean) => Promise<RankReport>;
  send: (command: RankCommand) => void;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Stops it cleanly. The directory stays. */
  stop: () => Promise<void>;
  /** Stops it and removes its directory. */
  [Symbol.asyncDispose]: () => Promise<void>;
};

export type FailedRank = { failure: Extract<RankReport, { type: "failed" }>; code: number | null; log: string };

const MAIN = fileURLToPath(new URL("../src/rank/main.ts", import.meta.url));

function start(options: SpawnOptions) {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "snapdeck-test-"));
  const dataDir = options.dataDir ?? join(directory, "data");
  const storeRoot = options.storeRoot ?? join(directory, "store");
  const password = randomBytes(12).toString("hex");
  const child = fork(MAIN, [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...RANK_ENVIRONMENT, SNAPDECK_LOG_LEVEL: "debug" },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const reports: RankReport[] = [];
  const listeners = new Set<() => void>();
  child.on("message", (message) => {
    reports.push(RankReport.parse(message));
    for (const listener of listeners) listener();
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const report = (accepts: (report: RankReport) => boolean) =>
    new Promise<RankReport>((resolve, reject) => {
      const look = () => {
        const found = reports.find(accepts);
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      void exited.then(() => setImmediate(() => reject(new Error(`the rank ended without that report\n${log}`))));
    });
  const send = (command: RankCommand) => void child.send(command);
  send({
    type: "open",
    rank: options.rank ?? 0,
    ...{ dataDir, storeRoot, password },
    listenHost: "127.0.0.1",
    port: options.port ?? 0,
    username: "snapdeck",
    mode: options.mode ?? "users",
    ...(options.backupRoots === undefined ? {} : { backupRoots: options.backupRoots }),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
  });
  return { directory, dataDir, storeRoot, password, child, log: () => log, reports, report, send, exited };
}

/** Starts a rank process from source and waits until it serves. */
export async function spawnRank(options: SpawnOptions = {}): Promise<SpawnedRank> {
  const started = start(options);
  const ready = await started.report((report) => report.type === "ready" || report.type === "failed");
  if (ready.type !== "ready") throw new Error(`the rank did not open: ${JSON.stringify(ready)}\n${started.log()}`);
  const stop = async () => {
    if (started.child.connected) started.send({ type: "stop" });
    await started.exited;
  };
  return {
    ...started,
    url: `http://127.0.0.1:${ready.port}`,
    port: ready.port,
    pid: started.child.pid ?? 0,
    username: "snapdeck",
    engineVersion: ready.engineVersion,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(started.directory, { recursive: true, force: true });
    },
  };
}

/** Starts a rank process that is expected not to open. */
export async function spawnFailingRank(options: SpawnOptions): Promise<FailedRank> {
  const started = start(options);
  const failure = await started.report((report) => report.type === "failed" || report.type === "ready");
  if (failure.type !== "failed") {
    started.child.kill("SIGKILL");
    throw new Error("the rank opened");
  }
  const { code } = await started.exited;
  return { failure, code, log: started.log() };
}

/** The official client, connected to that rank. Close it. */
export function connect(rank: SpawnedRank, options: ClickHouseClientConfigOptions = {}) {
  const { url, username, password } = rank;
  return createClient({ url, username, password, log: { level: ClickHouseLogLevel.OFF }, ...options });
}

export type Client = ReturnType<typeof connect>;

/** The rows of a query. */
export async function rowsOf<T>(client: Client, query: string, params: Record<string, unknown> = {}): Promise<T[]> {
  const result = await client.query({ query, query_params: params, format: "JSONEachRow" });
  return result.json<T>();
}

/** The one value of a query, as text. */
export async function scalarOf(client: Client, query: string): Promise<string> {
  const result = await client.query({ query, format: "TabSeparated" });
  return (await result.text()).trim();
}

/** Looks again and again until there is something to see. The test's own timeout is the end of it. */
export async function until(look: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setImmediate(resolve));
}

/** What a process holds in memory. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
