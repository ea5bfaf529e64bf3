import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processesOf, until } from "../harness/processes.ts";
import type { FaultWorld } from "./world.ts";

/** While `during` goes on, a process of nobody's holds the engine's lock on the live data, as an engine does that was started by hand. */
export async function withLock(world: FaultWorld, during: () => Promise<string>): Promise<string> {
  const file = join(world.stack.servers.home, "cluster/rank-0/status");
  writeFileSync(file, "");
  const holder = spawn("flock", ["--exclusive", file, "sleep", "120"], { stdio: "ignore", detached: true });
  const { pid } = holder;
  if (pid === undefined) throw new Error("there is no flock");
  try {
    // It becomes two: the one that sleeps has the lock as well.
    await until("the lock is held", () => processesOf(file).length > 1 || undefined);
    return await during();
  } finally {
    process.kill(-pid, "SIGKILL");
    await once(holder, "exit");
    rmSync(file, { force: true });
  }
}
