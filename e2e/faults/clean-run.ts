import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "../harness/processes.ts";

let folder = "";

/** Gives all worlds of a run one folder, so that whatever a test process that crashed left behind can be found. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), "snapdeck-faults-"));
  // PostgreSQL has its folder there too, and where root runs the cases it runs as another user.
  chmodSync(folder, 0o711);
  process.env["TMPDIR"] = folder;
}

/** Ends what still runs there, unmounts what is still mounted there, and removes the rest. */
export function teardown(): void {
  for (const { pid } of processesOf(folder)) process.kill(pid, "SIGKILL");
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  for (const [, place = ""] of mounts.map((line) => line.split(" "))) {
    if (place.startsWith(`${folder}/`)) spawnSync("umount", ["-l", place]);
  }
  rmSync(folder, { recursive: true, force: true });
}
