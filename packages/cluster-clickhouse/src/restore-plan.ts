import type { HostStatus } from "@snapdeck/contract/host";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import { readManifest } from "./manifest-file.ts";
import { hostOf } from "./transition-work.ts";

/** Room that a restore needs and has, in bytes: the fresh data stands beside the present data until the swap and after it. */
export async function restoreSpace(
  parts: ClusterParts,
  backupId: BackupId,
): Promise<{ neededBytes: number; freeBytes: number }> {
  const { manifest } = await readManifest(parts.store, parts.id, backupId);
  return spaceFor(parts, manifest, await hostOf(parts).status());
}

/** As much of a manifest as its size takes. */
type Sized = { readonly ranks: readonly Pick<Manifest["ranks"][number], "sizeBytes">[] };

/** What a restored backup takes on disk, at most, in bytes. */
export function filledBytes(manifest: Sized): number {
  return Math.ceil(manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0) * 1.1);
}

/** One host runs them all: ranks that seem to have room each have the same room. */
export function leastFreeBytes({ ranks }: Pick<HostStatus, "ranks">): number {
  return Math.min(...ranks.map((rank) => rank.diskFreeBytes));
}

/**
 * What restoring the backup needs, and what is free for it: bytes that an open restore or trial still needs are not. Those of
 * `jobId` are its own.
 */
export function spaceFor(
  parts: Pick<ClusterParts, "settings">,
  manifest: Sized,
  status: Pick<HostStatus, "ranks" | "filling">,
  jobId?: JobId,
): { neededBytes: number; freeBytes: number } {
  const others = (status.filling ?? []).filter(({ operationId }) => operationId !== jobId);
  const promisedBytes = others.reduce((sum, { stillNeededBytes }) => sum + stillNeededBytes, 0);
  return {
    neededBytes: filledBytes(manifest) + parts.settings.floorBytes,
    freeBytes: Math.max(0, leastFreeBytes(status) - promisedBytes),
  };
}

/**
 * After a restore, before its data is swapped in: on a disk that ran full, the embedded engine may have lost writes that it
 * counted nowhere.
 * @throws {SnapdeckError} `disk-full`
 */
export function assertFloor(parts: Pick<ClusterParts, "settings">, { ranks }: Pick<HostStatus, "ranks">): void {
  const freeBytes = leastFreeBytes({ ranks });
  if (freeBytes >= parts.settings.floorBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the restore left ${freeBytes} bytes free, too few to trust what was just written; nothing was swapped in, the data is as it was before`,
    { hint: "Free some space where the cluster's data lives, then try again." },
  );
}

/** @throws {SnapdeckError} `cluster-not-suspended`, `backup-unusable`, `disk-full` */
export function assertMayRestore(parts: ClusterParts, manifest: Manifest, status: HostStatus): void {
  if (status.state !== "suspended") {
    throw new SnapdeckError("cluster-not-suspended", `cluster ${parts.name} is ${status.state}; nothing was restored`, {
      hint: "Suspend the cluster first.",
    });
  }
  const wanted = manifest.ranks.map((each) => each.rank).sort((one, other) => one - other);
  const present = status.ranks.map((each) => each.rank).sort((one, other) => one - other);
  if (wanted.join() !== present.join()) {
    throw new SnapdeckError(
      "backup-unusable",
      `the backup was taken from ${wanted.length} ranks and cluster ${parts.name} has ${present.length}; nothing was restored`,
      { hint: "Restore it to a cluster with as many ranks." },
    );
  }
  assertRoom(parts, manifest, status);
}

/** @throws {SnapdeckError} `disk-full` */
export function assertRoom(
  parts: Pick<ClusterParts, "settings">,
  manifest: Sized,
  status: Pick<HostStatus, "ranks" | "filling">,
  jobId?: JobId,
): void {
  const { neededBytes, freeBytes } = spaceFor(parts, manifest, status, jobId);
  if (freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the restore needs ${neededBytes} bytes beside the present data and there are ${freeBytes} that nothing else needs; nothing was restored`,
    { hint: "Free some space where the cluster's data lives, then try again." },
  );
}
