import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Servers } from "../harness/servers.ts";
import type { StackOptions } from "../harness/stack.ts";
import type { FaultWorld } from "./world.ts";

/** What `free` of a directory says, in bytes. */
function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

const diskOf = ({ home }: Pick<Servers, "home">) => join(home, "disk");

/** A world whose store stands on a file system of its own, of so many MiB, that a case can fill up. Needs `mount`. */
export function withStoreOnSmallDisk(sizeMiB: number): StackOptions {
  return {
    store: "disk/store",
    prepare: (servers) => {
      const disk = diskOf(servers);
      mkdirSync(disk, { mode: 0o700 });
      must("mount", "-t", "tmpfs", "-o", `size=${sizeMiB}m,mode=0700`, "tmpfs", disk);
    },
    clearUp: (servers) => must("umount", diskOf(servers)),
  };
}

function must(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}

const fillerOf = (world: FaultWorld) => join(diskOf(world.stack.servers), "filler");

/** Somebody else's file takes all room on the small disk but `leaveBytes`. */
export function fillUp(world: FaultWorld, leaveBytes = 0): void {
  const file = openSync(fillerOf(world), "a", 0o600);
  try {
    const disk = diskOf(world.stack.servers);
    for (let free = freeBytes(disk); free > leaveBytes; free = freeBytes(disk)) {
      writeSync(file, Buffer.alloc(Math.min(free - leaveBytes, 1024 * 1024), 1));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function makeRoom(world: FaultWorld): void {
  rmSync(fillerOf(world), { force: true });
}
