import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import { planDrop } from "@snapdeck/core/snapshots/plan-drop";
import { neededFor, planRemoval, planTidying, unfinishedRemoval } from "@snapdeck/core/snapshots/plan-removal";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import type { ClusterParts } from "../cluster-parts.ts";
import { endWriters } from "./end-writers.ts";

type Fenced = Pick<WorkOrder, "checkFence">;

/**
 * The backup's info as it may be built on: undefined where there is no such backup.
 * @throws {SnapdeckError} `backup-unusable` when this console did not sign it
 */
export async function readSigned({ store, backup }: BackupPlace): Promise<ReadInfo | undefined> {
  const read = await store.read(backup);
  if (read === undefined || read.isSigned) return read;
  throw new SnapdeckError(
    "backup-unusable",
    `the info of backup ${backup} was not signed by this console, or was changed since; nothing was changed`,
    {
      hint: "Use the console that took it. DROP BACKUP removes it, and CREATE BACKUP begins it anew.",
    },
  );
}

/**
 * Finishes what earlier works on the backup left: a removal that was cut off, and folders that nothing lists. Answers the info that stands
 * then. Only for whoever holds the backup's lock and has begun nothing on it yet.
 * @throws {SnapdeckError} `backup-unusable`, `store-changed`, `lock-lost`, ...
 */
export async function finishEarlier(
  parts: ClusterParts,
  place: BackupPlace,
  order: Fenced,
  moved: () => void = () => undefined,
): Promise<ReadInfo | undefined> {
  const read = await readSigned(place);
  const unfinished = read === undefined ? undefined : unfinishedRemoval(read.info);
  if (read !== undefined && unfinished !== undefined) {
    const { store } = place;
    const view = await store.view(read.info, neededFor(read.info, unfinished.ids));
    const steps = planRemoval(view, { ...unfinished, at: parts.clock(), stampOfText: store.stamper.text });
    await carryOutFenced(place, steps, read.standing, order, moved);
  }
  return removeUnlisted(parts, place, order, moved);
}

/** Removes what nothing lists of the backup: the last steps of a removal, and the folders of dead attempts with whatever still writes to them. */
export async function removeUnlisted(
  parts: ClusterParts,
  place: BackupPlace,
  order: Fenced,
  moved: () => void = () => undefined,
): Promise<ReadInfo | undefined> {
  const { store, backup } = place;
  const read = await readSigned(place);
  const folders = await store.files.folders(backup);
  if (read === undefined) {
    if (folders.length === 0 && !(await store.files.folders()).includes(backup)) return undefined;
    await endWriters(parts, backup, folders);
    await carryOutFenced(place, planDrop(undefined, folders), undefined, order, moved);
    return undefined;
  }
  const steps = planTidying({ info: read.info, folders });
  if (steps.length === 0) return read;
  const listed = new Set(read.info.snapshots.map(({ id }) => String(id)));
  const strays = folders.filter((name) => !listed.has(name));
  await endWriters(parts, backup, strays);
  await carryOutFenced(place, steps, read.standing, order, moved);
  return readSigned(place);
}

/** Carries out steps that list no new snapshot. */
export async function carryOutFenced(
  { store, backup }: BackupPlace,
  steps: readonly PlanStep[],
  standing: ReadInfo["standing"] | undefined,
  order: Fenced,
  moved: () => void,
): Promise<void> {
  await store.carryOut(backup, steps, standing, async () => undefined, fencing(order, moved), moved);
}

/** How long it is believed that the lock is held while links are made, in milliseconds: there may be a hundred thousand. */
const FENCE_EVERY_MS = 1_000;

/** Steps that write what nothing speaks of yet, or remove what nothing speaks of any more, file by file. */
const SMALL: ReadonlySet<PlanStep["step"]> = new Set(["compose", "remove-file"]);

/** What a plan's steps are to wait for: that the lock is held still. */
export function fencing(order: Fenced, moved: () => void): (step: PlanStep) => Promise<void> {
  let fencedAt = Number.NEGATIVE_INFINITY;
  return async ({ step }) => {
    moved();
    if (SMALL.has(step) && performance.now() - fencedAt < FENCE_EVERY_MS) return;
    await order.checkFence();
    fencedAt = performance.now();
  };
}
