import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export type Child = {
  /** Lines of its standard output so far. */
  readonly lines: string[];
  /** Resolves with the first line that fits; rejects when the process ends before. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): Promise<void>;
};

/** Runs a TypeScript file of this folder as a process of its own; killed after the test at the latest. */
export function runChild(file: string, ...args: string[]): Child {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const each of waiting) each();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    look();
  });
  const gone = once(child, "close").then(look);
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  return { lines, kill, line: (fits) => firstLine(child, lines, waiting, fits) };
}

function firstLine(
  child: ChildProcess,
  lines: readonly string[],
  waiting: Set<() => void>,
  fits: (line: string) => boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = lines.find(fits);
      if (found !== undefined) resolve(found);
      else if (child.exitCode !== null || child.signalCode !== null) reject(new Error(`it ended: ${lines.join("\n")}`));
      else return;
      waiting.delete(look);
    };
    waiting.add(look);
    look();
  });
}
