import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { until } from "../harness/processes.ts";

/** Which of a process's system calls fail, as `strace -e inject` takes it: `write:error=EIO:when=1`. */
export type Spoil = { readonly pid: number; readonly path: string; readonly calls: string; readonly inject: string };

/** Lets system calls of a process on one path fail until the answer is called. Needs `strace`. */
export async function spoil({ pid, path, calls, inject }: Spoil): Promise<() => Promise<void>> {
  const strace = spawn(
    "strace",
    ["-f", "-p", String(pid), "-P", path, "-e", `trace=${calls}`, "-e", `inject=${inject}`, "-o", "/dev/null"],
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
    await gone;
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
