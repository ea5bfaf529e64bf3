import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RestoreWorld, SHOP } from "./restore-world.ts";

describe("a restored snapshot", () => {
  let world: RestoreWorld;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "snapdeck-durable-"));
    world = await RestoreWorld.open();
    await world.host.run(...SHOP);
    await world.create("shop", [{ type: "ALL", name: "shop" }]);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("is on the disk before anything is exchanged, and what took its place before the old goes", async (context) => {
    await promisify(execFile)("strace", ["-qq", "-o", "/dev/null", "true"]).catch(() =>
      context.skip("strace is not there, or may not trace"),
    );
    const record = join(directory, "calls");
    const strace = await traced(await world.host.pidOf(0), record);
    await world.restore("shop", { policy: "replace" });
    const gone = once(strace, "exit");
    strace.kill("SIGINT");
    await gone;
    const calls = (await readFile(record, "utf8")).split("\n");
    const exchanged = calls.flatMap((line, at) => (line.includes("RENAME_EXCHANGE") ? [at] : []));
    const synced = calls.flatMap((line, at) => (/ sync\(\)/.test(line) ? [at] : []));
    expect(exchanged.length).toBeGreaterThan(0);
    expect(synced).toHaveLength(2);
    expect(synced[0]).toBeLessThan(Math.min(...exchanged));
    expect(synced[1]).toBeGreaterThan(Math.max(...exchanged));
  });
});

/** Writes down which calls a process makes that exchange files or put them on the disk. */
async function traced(pid: number, record: string): Promise<ChildProcess> {
  const strace = spawn("strace", ["-f", "-o", record, "-p", String(pid), "-e", "trace=sync,renameat2"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: strace.stderr })) if (/ attached/.test(line)) break;
  return strace;
}
