import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StackOptions } from "../harness/stack.ts";
import type { FaultCase } from "./cases.ts";
import type { FaultWorld } from "./world.ts";

/** What `free` of a directory says, in bytes. */
function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/**
 * A file system of its own, of so many MiB, that a case can fill up: below the store, or below the cluster's data. Needs `mount`.
 * `withStack` are the options of the world that stands on it.
 */
export class SmallDisk {
  readonly withStack: StackOptions;
  readonly #folder: "disk" | "cluster";

  constructor(holds: "store" | "data", sizeMiB: number) {
    this.#folder = holds === "store" ? "disk" : "cluster";
    this.withStack = {
      ...(holds === "store" ? { store: "disk/store" } : {}),
      prepare: ({ home }) => {
        const place = join(home, this.#folder);
        mkdirSync(place, { mode: 0o700 });
        must("mount", "-t", "tmpfs", "-o", `size=${sizeMiB}m,mode=0700`, "tmpfs", place);
      },
      clearUp: ({ home }) => must("umount", join(home, this.#folder)),
    };
  }

  /** Somebody else's file takes all room but `leaveBytes`. */
  fillUp({ stack }: FaultWorld, leaveBytes = 0): void {
    const place = join(stack.servers.home, this.#folder);
    const file = openSync(join(place, FILLER), "a", 0o600);
    try {
      for (let free = freeBytes(place); free > leaveBytes; free = freeBytes(place)) {
        writeSync(file, Buffer.alloc(Math.min(free - leaveBytes, 1024 * 1024), 1));
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  makeRoom({ stack }: FaultWorld): void {
    rmSync(join(stack.servers.home, this.#folder, FILLER), { force: true });
  }

  /** Frees what the case filled up before its aftermath: that is what an operator does. */
  freedAfter({ run, ...rest }: FaultCase): FaultCase {
    return {
      ...rest,
      needs: "mount",
      run: async (world, chance) => {
        try {
          return await run(world, chance);
        } finally {
          this.makeRoom(world);
        }
      },
    };
  }
}

const FILLER = "filler";

function must(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}
