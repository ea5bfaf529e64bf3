import { setTimeout as sleep } from "node:timers/promises";

type Action = { kind: "kill" } | { kind: "throw" } | { kind: "delay"; delayMs: number };

/**
 * Reads `SNAPDECK_FAILPOINTS`: `name=kill|throw|delay:<ms>`, several separated by commas. Throws on anything else: a misspelt
 * failpoint would make a crash test pass without a crash.
 */
export function parseFailpoints(text: string): Map<string, Action> {
  const actions = new Map<string, Action>();
  for (const entry of text.split(",").filter((part) => part !== "")) {
    const match = /^([A-Za-z0-9.-]+)=(kill|throw|delay:(\d+))$/.exec(entry.trim());
    if (match?.[1] === undefined) throw new Error(`not a failpoint: ${entry}`);
    if (match[3] !== undefined) actions.set(match[1], { kind: "delay", delayMs: Number(match[3]) });
    else actions.set(match[1], { kind: match[2] === "kill" ? "kill" : "throw" });
  }
  return actions;
}

const { SNAPDECK_FAILPOINTS = "" } = process.env;
const actions = parseFailpoints(SNAPDECK_FAILPOINTS);

/** A place where tests make this process die, fail or stand still. Does nothing unless `SNAPDECK_FAILPOINTS` names it. */
export async function failpoint(name: string): Promise<void> {
  const action = actions.get(name);
  if (action === undefined) return;
  if (action.kind === "delay") return sleep(action.delayMs);
  if (action.kind === "throw") throw new Error(`failpoint ${name}`);
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered at the latest when this turn ends; nothing after the failpoint may happen before that.
  await new Promise(() => undefined);
}
