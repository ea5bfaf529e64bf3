import type { RemovalWork, RemovedSnapshot, SnapshotInfo } from "./database-backup.ts";

type Listed = {
  readonly snapshots: readonly SnapshotInfo[];
  readonly removed: readonly RemovedSnapshot[];
  readonly work?: RemovalWork | undefined;
};

/** What cannot be true of the snapshots of one backup: each in words. Empty when all is well. */
export function snapshotFaults({ snapshots, removed, work }: Listed): string[] {
  const faults: string[] = [];
  const listed = new Set<number>();
  let newest = 0;
  for (const { id, kind, baseId, absorbed, folders } of snapshots) {
    if (id <= newest) faults.push(`snapshot ${id} stands after ${newest}`);
    if ((kind === "full") !== (baseId === undefined))
      faults.push(`snapshot ${id} is ${kind}, and its base says otherwise`);
    if (baseId !== undefined && !listed.has(baseId))
      faults.push(`snapshot ${id} builds on ${baseId}, not listed before it`);
    if (new Set(folders.map(({ path }) => path)).size !== folders.length)
      faults.push(`snapshot ${id} names a folder twice`);
    if (absorbed?.some((each) => each >= id)) faults.push(`snapshot ${id} absorbed one that is not older`);
    listed.add(id);
    newest = Math.max(newest, id);
  }
  const absorbed = snapshots.flatMap((snapshot) => snapshot.absorbed ?? []);
  const gone = [...removed.map(({ id }) => id), ...absorbed, ...(work?.step === "removing" ? work.ids : [])];
  const both = gone.find((id) => listed.has(id));
  if (both !== undefined) faults.push(`snapshot ${both} is listed and removed`);
  const unknown = work?.step === "folding" ? work.ids.find((id) => !listed.has(id)) : undefined;
  if (unknown !== undefined) faults.push(`snapshot ${unknown} is being folded and is not listed`);
  return faults;
}
