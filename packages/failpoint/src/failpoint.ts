import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

type Act = { kind: "kill" | "throw" | "hang" | "hold" } | { kind: "delay"; delayMs: number };

/** What to do at a failpoint, and at which of its visits, from 1. */
type Armed = Act & { visit: number };

const KINDS = ["kill", "throw", "hang", "hold"] as const;

/**
 * Reads `SNAPDECK_FAILPOINTS`: `name=kill|throw|hang|hold|delay:<ms>`, several separated by commas; `@n` after it means the n-th visit,
 * the first by default. Throws on anything else: a misspelt failpoint would make a crash test pass without a crash.
 */
export function parseFailpoints(text: string): Map<string, Armed> {
  const armed = new Map<string, Armed>();
  for (const entry of text.split(",").filter((part) => part.trim() !== "")) {
    const match = /^([A-Za-z0-9.-]+)=(?:(kill|throw|hang|hold)|delay:(\d+))(?:@([1-9]\d*))?$/.exec(entry.trim());
    if (match?.[1] === undefined) throw new Error(`not a failpoint: ${entry}`);
    const visit = Number(match[4] ?? 1);
    if (match[3] !== undefined) armed.set(match[1], { kind: "delay", delayMs: Number(match[3]), visit });
    else armed.set(match[1], { kind: KINDS.find((kind) => kind === match[2]) ?? "throw", visit });
  }
  return armed;
}

const { SNAPDECK_FAILPOINTS = "", SNAPDECK_FAILPOINT_LOG } = process.env;
const armed = parseFailpoints(SNAPDECK_FAILPOINTS);
const visits = new Map<string, number>();

/** How often somebody who is held looks whether to go on, in milliseconds. */
const LOOK_EVERY_MS = 10;

/**
 * A place where tests make this process die, fail or stand still. Does nothing unless `SNAPDECK_FAILPOINTS` names it; the file in
 * `SNAPDECK_FAILPOINT_LOG` gets a line when it acts, so that whoever armed it can wait for that. `hold` lets go once there is a file
 * of that name with `.go` after it.
 */
export async function failpoint(name: string): Promise<void> {
  const act = armed.get(name);
  if (act === undefined) return;
  const visit = (visits.get(name) ?? 0) + 1;
  visits.set(name, visit);
  if (visit !== act.visit) return;
  if (SNAPDECK_FAILPOINT_LOG !== undefined) appendFileSync(SNAPDECK_FAILPOINT_LOG, `${name} ${act.kind}\n`);
  switch (act.kind) {
    case "delay":
      return sleep(act.delayMs);
    case "hold":
      while (!existsSync(`${SNAPDECK_FAILPOINT_LOG}.go`)) await sleep(LOOK_EVERY_MS);
      return;
    case "throw":
      throw new Error(`failpoint ${name}`);
    case "kill":
      process.kill(process.pid, "SIGKILL");
  }
  // A kill is delivered at the latest when this turn ends; nothing after the failpoint may happen before that.
  await new Promise(() => undefined);
}
