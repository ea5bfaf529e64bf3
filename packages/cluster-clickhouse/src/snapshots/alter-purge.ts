import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import { toPurge } from "@snapdeck/core/snapshots/choose-removals";
import { neededFor, planRemoval } from "@snapdeck/core/snapshots/plan-removal";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import type { Altered, AlterOrder } from "./alter.ts";
import { carryOutReporting } from "./carry-out-reporting.ts";
import { assertFoldable } from "./fold-sources.ts";

/**
 * PURGE of one snapshot: what others need of it is handed on first. Undefined when it was stopped before it began.
 * @throws {SnapdeckError} `snapshot-not-found`, `full-not-purged`, `backup-unusable`, `store-changed`, ...
 */
export async function* purge(
  parts: ClusterParts,
  order: AlterOrder & { readonly action: "purge" },
  { info, standing }: ReadInfo,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Altered | undefined> {
  const [id] = toPurge(info, order.snapshotId);
  const going = info.snapshots.find((snapshot) => snapshot.id === id);
  const { bySnapshot } = await order.store.definitions(info);
  const steps = yield* whileMoving((moved) => planPurge(parts, order, info, id, moved));
  const [first] = steps;
  const ended = yield* carryOutReporting(
    { place: order, order, steps, standing, mayLeave: (step) => step === first },
    signal,
  );
  if (ended === "left") return undefined;
  const { rows = 0, kept = { files: 0, sizeBytes: 0 } } = going ?? {};
  return { ...kept, rows, removed: 1, objects: bySnapshot.get(id)?.length ?? 0 };
}

/** @throws {SnapdeckError} `snapshot-not-found`, `full-not-purged`, `backup-unusable` */
export async function planPurge(
  parts: Pick<ClusterParts, "clock">,
  place: BackupPlace,
  info: DatabaseBackupInfo,
  snapshotId: number,
  moved?: () => void,
): Promise<PlanStep[]> {
  const { store } = place;
  const ids = toPurge(info, snapshotId);
  const view = await store.view(info, neededFor(info, ids));
  const removal = { ids, because: "purge", at: parts.clock(), stampOfText: store.stamper.text } as const;
  const steps = planRemoval(view, removal);
  await assertFoldable(place, steps, moved);
  return steps;
}

/**
 * Whether the snapshot was purged, or is about to be, when the work is taken up, and what is still told of it: its objects until
 * another snapshot is listed, its rows and files no longer than it is listed itself.
 * @throws {SnapdeckError} `backup-unusable`
 */
export async function purgedBy(
  { store, snapshotId }: AlterOrder & { readonly action: "purge" },
  info: DatabaseBackupInfo,
): Promise<Altered | undefined> {
  const { removed, work, snapshots } = info;
  const isGone = removed.some(({ id, because }) => id === snapshotId && because === "purge");
  const goes = work?.because === "purge" && work.ids.some((id) => id === snapshotId);
  if (!isGone && !goes) return undefined;
  const { bySnapshot } = await store.definitions(info);
  const { rows = 0, kept = { files: 0, sizeBytes: 0 } } = snapshots.find(({ id }) => id === snapshotId) ?? {};
  return { ...kept, rows, removed: 1, objects: bySnapshot.get(snapshotId)?.length ?? 0 };
}
