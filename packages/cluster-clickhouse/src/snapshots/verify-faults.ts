import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import { placesOf, type SnapshotToRead } from "./snapshot-places.ts";

/** How many faults and how many snapshots a message names. */
const NAMED = 20;

/** What is wrong with one backup, and what of it was read. */
export type FaultyBackup = {
  readonly backup: DatabaseBackupName;
  readonly faults: readonly ProofFault[];
  readonly snapshots: readonly SnapshotToRead[];
};

/**
 * Tells all that a verification found: each file with what is wrong with it, and which snapshots need one of them.
 * @throws {SnapdeckError} `proof-failed`; `store-unavailable` when a backup as a whole is there no longer, which says nothing of its files
 */
export async function refuseFaulty(store: DatabaseBackupStore, faulty: readonly FaultyBackup[]): Promise<void> {
  if (faulty.length === 0) return;
  for (const { backup } of faulty) await mustStillBeThere(store, backup);
  const faults = faulty.flatMap((each) => each.faults);
  const lost = faulty.flatMap(({ backup, ...found }) => snapshotsNeeding(found).map((id) => `${backup}/${id}`));
  const what = `${faults.length} ${faults.length === 1 ? "file" : "files"} of ${words(faulty)} at fault`;
  const which = first(faults.map(({ subject, detail }) => `${subject} ${detail}`));
  const meaning = lost.length === 0 ? "" : `; these snapshots need them and cannot be restored: ${first(lost)}`;
  throw new SnapdeckError("proof-failed", `${what}: ${which}${meaning}; the cluster's data is not affected`, {
    hint: "Look at the store's disk. Snapshots that are not named can be restored; CREATE BACKUP with RECREATE begins the backup anew.",
  });
}

/** A store that was unmounted meanwhile lacks every file. */
async function mustStillBeThere(store: DatabaseBackupStore, backup: DatabaseBackupName): Promise<void> {
  const isThere = await store.read(backup).then(
    (read) => read !== undefined,
    (thrown: unknown) => {
      if (thrown instanceof SnapdeckError && thrown.code === "backup-unusable") return true;
      throw thrown;
    },
  );
  if (isThere) return;
  throw new SnapdeckError(
    "store-unavailable",
    `backup ${backup} was in ${store.files.name} when the verification began, and is not there any more; that says nothing of its files`,
    { hint: "See whether the store is still mounted, then try again." },
  );
}

function snapshotsNeeding({ faults, snapshots }: Pick<FaultyBackup, "faults" | "snapshots">): number[] {
  const subjects = new Set(faults.map(({ subject }) => subject));
  const needing = snapshots.filter((snapshot) =>
    placesOf([snapshot]).some(({ paths }) => subjects.has(paths.at(-1) ?? "")),
  );
  return needing.map(({ chain: [{ id }] }) => id);
}

function words(faulty: readonly FaultyBackup[]): string {
  const names = faulty.map(({ backup }) => backup);
  return names.length === 1 ? `backup ${names[0]}` : `backups ${first(names)}`;
}

function first(all: readonly string[]): string {
  const more = all.length > NAMED ? `, and ${all.length - NAMED} more` : "";
  return `${all.slice(0, NAMED).join(", ")}${more}`;
}
