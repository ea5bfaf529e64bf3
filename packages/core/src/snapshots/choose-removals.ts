import type { DatabaseBackupInfo, SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import { chainOf, notListed } from "./lineage.ts";

/**
 * PURGE of one snapshot.
 * @throws {SnapdeckError} `snapshot-not-found` when it is not listed, `full-not-purged` when it is a full one
 */
export function toPurge({ snapshots, removed }: DatabaseBackupInfo, id: number): [SnapshotId] {
  const snapshot = snapshots.find((each) => each.id === id);
  if (snapshot === undefined) {
    const gone = removed.find((each) => each.id === id);
    if (gone === undefined) throw notListed(id);
    throw new SnapdeckError("snapshot-not-found", `snapshot ${id} was removed at ${gone.removedAt} (${gone.because})`, {
      hint: "DESCRIBE BACKUP shows those that there are.",
    });
  }
  if (snapshot.kind === "full") {
    throw new SnapdeckError(
      "full-not-purged",
      `snapshot ${id} is a full one, which others may build on; nothing was removed`,
      {
        hint: "DROP BACKUP removes the whole backup, CREATE BACKUP with RECREATE begins it anew.",
      },
    );
  }
  return [snapshot.id];
}

/**
 * MAX_INCREMENTAL_BACKUPS_TO_KEEP: the oldest incrementals above the cap, and never the newest snapshot, which somebody has just asked
 * for. Without a cap: none.
 */
export function toMeetCap(snapshots: readonly SnapshotInfo[], cap: number | undefined): SnapshotId[] {
  if (cap === undefined) return [];
  const newest = snapshots.at(-1)?.id;
  const incrementals = snapshots.filter(({ kind }) => kind === "incremental").map(({ id }) => id);
  return incrementals.slice(0, Math.max(0, incrementals.length - cap)).filter((id) => id !== newest);
}

/**
 * DELETE_INTERMEDIATE_BACKUPS of a differential: the incrementals and differentials between it and the full that it builds on.
 * @throws {SnapdeckError} `snapshot-not-found`
 */
export function toLeaveDifferential(snapshots: readonly SnapshotInfo[], differential: SnapshotId): SnapshotId[] {
  const full = chainOf(snapshots, differential).at(-1);
  return snapshots
    .filter(({ id, kind }) => kind !== "full" && id < differential && id > (full?.id ?? 0))
    .map(({ id }) => id);
}

/**
 * MERGE: all that there are, for the new full takes their place.
 * @throws {SnapdeckError} `nothing-to-merge` when there is one full only
 */
export function toMerge(snapshots: readonly SnapshotInfo[]): SnapshotId[] {
  if (snapshots.length < 2) {
    throw new SnapdeckError("nothing-to-merge", "the backup holds a single full snapshot; it is as it was", {
      hint: "Take a snapshot first: BACKUP.",
    });
  }
  return snapshots.map(({ id }) => id);
}
