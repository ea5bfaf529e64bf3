import type { DatabaseBackupInfo, DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { Evidence } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { DropRequest } from "@snapdeck/core/ports/database-backups";
import { planDrop as planOne } from "@snapdeck/core/snapshots/plan-drop";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { carryOutReporting } from "./carry-out-reporting.ts";
import { endWriters } from "./end-writers.ts";
import { noSuchBackup } from "./no-such-backup.ts";

export type DropOrder = DropRequest & WorkOrder & { readonly requestedBy: string };

/** What went with one backup. */
type Dropped = Pick<
  Extract<Evidence, { kind: "database-backup" }>,
  "removed" | "objects" | "rows" | "files" | "sizeBytes"
>;

/**
 * Removes whole backups, one after the other: what makes each exist first. Whether this console signed them does not matter, nor whether
 * they can be read. Asked to stop, it ends the one that it has begun; those that went are told, and the others are as they were.
 */
export async function* drop(parts: ClusterParts, order: DropOrder, signal: AbortSignal): Work {
  yield { type: "phase", phase: "removing" };
  const gone = new Map<DatabaseBackupName, Dropped>();
  for (const backup of order.backups) {
    if (signal.aborted) break;
    const dropped = yield* dropOne(parts, order, backup, signal);
    if (dropped !== undefined) gone.set(backup, dropped);
  }
  const left = order.backups.filter((backup) => !gone.has(backup));
  if (left.length > 0 && gone.size === 0) {
    yield { type: "stopped" };
    return;
  }
  const sum = (count: keyof Dropped) => [...gone.values()].reduce((total, each) => total + each[count], 0);
  const evidence: Evidence = {
    kind: "database-backup",
    deed: "drop",
    backups: [...gone.keys()],
    removed: sum("removed"),
    objects: sum("objects"),
    rows: sum("rows"),
    files: sum("files"),
    sizeBytes: sum("sizeBytes"),
    ...(left.length === 0 ? {} : { warning: `it was stopped; these are as they were: ${left.join(", ")}` }),
  };
  yield { type: "confirmed", evidence };
}

/** Undefined when it was stopped before it began. @throws {SnapdeckError} `backup-not-found`, `store-unavailable`, `lock-lost` */
async function* dropOne(
  parts: ClusterParts,
  order: DropOrder,
  backup: DatabaseBackupName,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Dropped | undefined> {
  const { store, takeUp } = order;
  const info = await readAny(store, backup);
  const folders = await store.files.folders(backup);
  if (info === undefined && !(await isAnything(store, backup))) {
    if (takeUp) return NOTHING;
    throw noSuchBackup({ store, backup });
  }
  const dropped = info === undefined || info === "unreadable" ? NOTHING : await sizeOf(store, info);
  const steps = planOne(info === "unreadable" ? undefined : info, folders);
  const [first] = steps;
  await order.checkFence();
  yield* whileMoving(() => endWriters(parts, backup, folders));
  const ended = yield* carryOutReporting(
    { place: { store, backup }, order, steps, standing: undefined, mayLeave: (step) => step === first },
    signal,
  );
  if (ended === "left") return undefined;
  yield* whileMoving((moved) => removeEmpty(store, backup, moved));
  if ((await store.read(backup)) === undefined) return dropped;
  throw new SnapdeckError("store-changed", `backup ${backup} is there again: somebody else made it meanwhile`, {
    hint: "Find out who else writes to the store.",
  });
}

const NOTHING: Dropped = { removed: 0, objects: 0, rows: 0, files: 0, sizeBytes: 0 };

/** A backup that nobody can read any more is removed all the same. */
export async function readAny(
  store: DatabaseBackupStore,
  backup: DatabaseBackupName,
): Promise<DatabaseBackupInfo | "unreadable" | undefined> {
  try {
    return (await store.read(backup))?.info;
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "backup-unusable") return "unreadable";
    throw thrown;
  }
}

/** What a drop or a creation that died left counts, too. */
async function isAnything({ files }: DatabaseBackupStore, backup: DatabaseBackupName): Promise<boolean> {
  return (await files.folders()).includes(backup);
}

async function sizeOf(store: DatabaseBackupStore, info: DatabaseBackupInfo): Promise<Dropped> {
  const { snapshots } = info;
  const objects = await store.definitions(info).then(
    ({ bySnapshot }) => bySnapshot.get(snapshots.at(-1)?.id ?? 0)?.length ?? 0,
    () => 0,
  );
  return {
    removed: snapshots.length,
    objects,
    rows: snapshots.at(-1)?.rows ?? 0,
    files: snapshots.reduce((sum, { kept }) => sum + kept.files, 0),
    sizeBytes: snapshots.reduce((sum, { kept }) => sum + kept.sizeBytes, 0),
  };
}

/** The folder itself goes where nothing of anybody else stands in it. */
async function removeEmpty(
  { files }: DatabaseBackupStore,
  backup: DatabaseBackupName,
  moved: () => void,
): Promise<void> {
  for await (const _ of files.files(backup)) return;
  await files.removeAll(backup, moved);
}
