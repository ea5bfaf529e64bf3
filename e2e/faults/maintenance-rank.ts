import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { processesOf, until } from "../harness/processes.ts";
import type { OldAndNew } from "./old-and-new.ts";
import { bytesBelow } from "./slow-backup.ts";
import { openFile } from "./spoiled-calls.ts";
import type { FaultWorld } from "./world.ts";

/** A restore whose maintenance rank stands still, by SIGSTOP, until `FaultWorld.goOn`. */
export type StoppedRestore = { readonly job: Job; readonly pid: number };

/** The process that a restore fills. The host manager's status names those of the cluster only. */
export function maintenancePid({ stack }: FaultWorld, rank = 0): number {
  const place = join(stack.servers.home, `cluster/rank-${rank}.restore-`);
  const found = processesOf(stack.servers.home).find(({ pid }) => openFile(pid, (path) => path.startsWith(place)));
  if (found === undefined) throw new Error(`no process has the fresh directory of rank ${rank} open`);
  return found.pid;
}

/** Where the first rank's new data is built. */
export function freshFolder({ stack }: FaultWorld, restoreId: JobId): string {
  return join(stack.servers.home, `cluster/rank-0.restore-${restoreId}`);
}

/** How long the rank runs between two looks, in milliseconds: it restores some hundred kilobytes meanwhile. */
const SLICE_MS = 2;

/**
 * Starts a restore, lets its maintenance rank work for moments only, and stops it when `isTime`. It is asked while the rank stands still,
 * with the share of the rows that was written.
 */
export async function restoreUntil(
  world: FaultWorld,
  data: OldAndNew,
  isTime: (share: number, pid: number) => boolean,
): Promise<StoppedRestore> {
  await world.bff({ failpoints: "restore.beforeRows=hold" });
  const job = await data.restore(world);
  if (job === undefined) throw new Error("the restore did not start");
  await world.reached("restore.beforeRows");
  const pid = maintenancePid(world);
  const folder = freshFolder(world, job.id);
  const emptyBytes = bytesBelow(folder);
  world.pause(pid);
  world.letGo();
  await until(
    "that much is restored",
    async () => {
      if (isTime((bytesBelow(folder) - emptyBytes) / data.backup.sizeBytes, pid)) return true;
      world.goOn();
      await sleep(SLICE_MS);
      world.pause(pid);
      return undefined;
    },
    60_000,
  );
  return { job, pid };
}
