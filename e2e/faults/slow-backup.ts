import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@snapdeck/contract/job";
import { until } from "../harness/processes.ts";
import type { FaultWorld } from "./world.ts";

/** Some three seconds for the data of a world; the engine reads about a megabyte at once. */
export const SLOW = 1_500_000;

/** Starts a slow backup, with other things armed if asked, and waits until that share of the data was copied. */
export async function backUpUntil(world: FaultWorld, share: number, failpoints?: string): Promise<Job> {
  await world.bff({ bytesPerSecond: SLOW, ...(failpoints === undefined ? {} : { failpoints }) });
  const [whole] = await world.stack.ranks.visit((ask) =>
    ask<{ bytes: string }>("SELECT toString(sum(total_bytes)) AS bytes FROM system.tables WHERE database != 'system'"),
  );
  const job = await world.startBackup();
  if (job?.work.kind !== "backup") throw new Error("the backup did not start");
  const folder = join(world.stack.servers.storeRoot, job.clusterId, job.work.backupId);
  const wholeBytes = Number(whole?.[0]?.bytes);
  await until(`${Math.round(share * 100)} % are copied`, () => bytesBelow(folder) > share * wholeBytes || undefined);
  return job;
}

export function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory()) bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    // Not there yet, or changed while it was read.
    return [];
  }
}
