import { SnapshotId } from "@snapdeck/contract/snapshot-file";

/**
 * The id of a snapshot that starts at `nowMs`: that millisecond, or the first one after all of `taken`. Give it every id that was ever
 * used in the backup: listed and removed snapshots, and folders that a dead attempt left, for no path is used twice. A clock that was
 * set back does not matter.
 * @throws {z.ZodError} when no id is left, after the year 9999
 */
export function nextSnapshotId(nowMs: number, taken: Iterable<number>): SnapshotId {
  let next = Math.floor(nowMs);
  for (const id of taken) next = Math.max(next, id + 1);
  return SnapshotId.parse(next);
}
