import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "../harness/processes.ts";

/**
 * Which system calls of a process are looked at, as `strace -e trace` takes it: those on `path` only where one is named. With `inject`, as
 * `strace -e inject` takes it (`write:error=EIO:when=1`), some of them fail.
 */
export type Spoil = { readonly pid: number; readonly calls: string; readonly path?: string; readonly inject?: string };

const LETS_GO_WITHIN_MS = 5_000;

/** Looks at system calls, and spoils them, until the answer is called; that answers the calls, with the paths of their files. Needs `strace`. */
export async function spoil({ pid, calls, path, inject }: Spoil): Promise<() => Promise<string[]>> {
  const record = join(mkdtempSync(join(tmpdir(), "snapdeck-strace-")), "calls");
  const strace = spawn(
    "strace",
    [
      ...["-f", "-y", "-s", "0", "-o", record, "-p", String(pid), "-e", `trace=${calls}`],
      ...(path === undefined ? [] : ["-P", path]),
      ...(inject === undefined ? [] : ["-e", `inject=${inject}`]),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const gone = once(strace, "exit");
  const said: string[] = [];
  createInterface({ input: strace.stderr }).on("line", (line) => said.push(line));
  await until(
    "strace has attached",
    () => {
      if (strace.exitCode !== null) throw new Error(`strace ended: ${said.join("; ")}`);
      return said.some((line) => / attached/.test(line)) || undefined;
    },
    10_000,
  );
  return async () => {
    strace.kill("SIGINT");
    // It has been seen to wait for a process that it killed itself.
    const impatience = setTimeout(() => strace.kill("SIGKILL"), LETS_GO_WITHIN_MS);
    await gone;
    clearTimeout(impatience);
    const lines = readFileSync(record, "utf8").split("\n");
    rmSync(dirname(record), { recursive: true, force: true });
    return lines;
  };
}

/** The first file that a process has open and whose path `fits`; undefined while there is none. */
export function openFile(pid: number, fits: (path: string) => boolean): string | undefined {
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${fd}`);
      if (fits(path)) return path;
    } catch {
      // Closed since it was listed.
    }
  }
  return undefined;
}
