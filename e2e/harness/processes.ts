import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A server that was started for a story; `ready` is the line it printed once it served. */
export type Server = {
  readonly pid: number;
  readonly ready: Record<string, unknown>;
  /** SIGKILL, and gone when this resolves. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code once it is gone. */
  stop(): Promise<number | null>;
};

const READY_WITHIN_MS = 30_000;

function parseReady(line: string): Record<string, unknown> | undefined {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === "object" && said !== null && "ready" in said ? { ...said } : undefined;
  } catch {
    return undefined;
  }
}

/** Starts `node <program> --config <configFile>`, with its words in `logFile`, and waits until it serves. */
export async function startServer(
  program: string,
  configFile: string,
  logFile: string,
  env: NodeJS.ProcessEnv,
): Promise<Server> {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [program, "--config", configFile], {
    stdio: ["ignore", "pipe", log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  const exited = new Promise<number | null>((settle) => child.once("exit", (code) => settle(code)));
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_WITHIN_MS);
  const ready = await new Promise<Record<string, unknown>>((settle, fail) => {
    if (child.stdout === null) throw new Error("standard output is not piped");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = parseReady(line);
      if (said !== undefined) settle(said);
    });
    child.once("exit", (code, signal) => {
      fail(new Error(`${program} did not start (${signal ?? code}): ${readFileSync(logFile, "utf8").slice(-2_000)}`));
    });
  }).finally(() => clearTimeout(timer));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} has no pid`);
  return {
    pid,
    ready,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in it may hold spaces and brackets: read from the last one (proc(5)).
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === undefined || state === "Z" || state === "X" ? undefined : { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  return statOf(pid) !== undefined;
}

function words(pid: number, file: "environ" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Processes that belong to a story: `mark` stands in their environment or in their command line, or their parent is one of them. */
export function processesOf(mark: string): { pid: number; command: string }[] {
  const user = process.getuid?.();
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) => pid !== process.pid && isAlive(pid) && statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === user,
    );
  const marked = new Set(
    pids.filter((pid) => words(pid, "environ").includes(mark) || words(pid, "cmdline").includes(mark)),
  );
  const belongs = pids.filter((pid) => marked.has(pid) || marked.has(statOf(pid)?.parent ?? 0));
  return belongs.map((pid) => ({ pid, command: words(pid, "cmdline") }));
}

/** Waits until `fact` holds, asking again and again; fails with `what` when it does not within `timeoutMs`. */
export async function until<T>(
  what: string,
  fact: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const answer = await fact();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1_000} s in vain for: ${what}`);
    await sleep(25);
  }
}
