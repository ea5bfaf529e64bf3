import {
  type DatabaseBackupInfo,
  MAX_REMOVED_REMEMBERED,
  type RemovalReason,
  type SnapshotInfo,
} from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { FileStamp, SnapshotId } from "@snapdeck/contract/snapshot-file";
import { type BackupView, strayFolders } from "./backup-view.ts";
import { type Folded, foldSnapshot } from "./fold-snapshot.ts";
import { chainOf } from "./lineage.ts";
import type { PlanStep, UnsignedInfo } from "./plan-steps.ts";

export type Removal = {
  readonly ids: readonly SnapshotId[];
  readonly because: RemovalReason;
  /** ISO 8601. */
  readonly at: string;
  readonly stampOfText: (text: string) => FileStamp;
};

/** The snapshots of which a removal needs to read the contents: those that go, and those that build right on them. */
export function neededFor({ snapshots }: DatabaseBackupInfo, ids: readonly number[]): SnapshotId[] {
  const go = new Set(ids);
  const folded = snapshots.filter(({ id, baseId }) => !go.has(id) && baseId !== undefined && go.has(baseId));
  const chains = folded.flatMap(({ id }) => chainOf(snapshots, id).filter((each) => each.id === id || go.has(each.id)));
  return [...new Set(chains.map(({ id }) => id))];
}

/**
 * Removes snapshots, and hands what others need of them to those that build on them. The same removal planned again, from what an
 * interrupted one left, finishes it. An empty plan when none is to go.
 * @throws {SnapdeckError} `backup-unusable` when the store is not what its info says, or another removal is unfinished; `full-not-purged`
 */
export function planRemoval(view: BackupView, removal: Removal): PlanStep[] {
  const { info } = view;
  if (removal.ids.length === 0) return [];
  refuseOtherWork(info, removal.ids);
  const go = new Set<number>(removal.ids);
  const folded: Folded[] = [];
  for (const snapshot of info.snapshots) {
    if (go.has(snapshot.id) || snapshot.baseId === undefined || !go.has(snapshot.baseId)) continue;
    folded.push(foldSnapshot(view, snapshot, go, folded, removal.stampOfText));
  }
  // Those that an interrupted fold found cannot be told any more where it exchanged the account that led to them.
  const superseded = [...new Set([...(info.work?.superseded ?? []), ...folded.flatMap((each) => each.superseded)])];
  const begun = foldingInfo(info, removal, folded, superseded);
  return [
    ...(begun === undefined ? [] : [{ step: "publish-info", info: begun } as const]),
    ...folded.flatMap((each) => each.steps),
    ...unlist(
      view,
      begun ?? unsigned(info),
      removal,
      folded.map(({ after }) => after),
      superseded,
    ),
  ];
}

/** What an interrupted removal left to do, by the info alone: its ids and reason, to be planned again; undefined when nothing is. */
export function unfinishedRemoval(info: DatabaseBackupInfo): Pick<Removal, "ids" | "because"> | undefined {
  return info.work?.step === "folding" ? { ids: info.work.ids, because: info.work.because } : undefined;
}

/**
 * Removes what nothing lists: the last steps of an interrupted removal, and the folders of dead attempts. Only while nobody takes one.
 * An info that tells of a removal is published once more first, for the one that stands may not be durable yet.
 */
export function planTidying({ info, folders }: Pick<BackupView, "info" | "folders">): PlanStep[] {
  if (info.work?.step !== "removing") return tidy(unsigned(info), folders);
  const again = { ...unsigned(info), revision: info.revision + 1 };
  return [{ step: "publish-info", info: again }, ...tidy(again, folders)];
}

function tidy(info: UnsignedInfo, folders: readonly string[]): PlanStep[] {
  const removing = info.work?.step === "removing" ? info.work : undefined;
  const ids = [...new Set<number>([...(removing?.ids ?? []), ...strayFolders(info, folders)])];
  const steps: PlanStep[] = ids.map((id) => ({ step: "remove-snapshot", id }));
  if (removing === undefined) return steps;
  for (const path of removing.superseded ?? []) steps.push({ step: "remove-file", path });
  const { work: _, ...rest } = info;
  return [...steps, { step: "publish-info", info: { ...rest, revision: info.revision + 1 } }];
}

/**
 * The last part of every removal: the info lists them no more, then their folders go.
 * @param changed takes the place of the snapshots of the same ids
 * @param superseded files of others that go too
 */
export function unlist(
  view: Pick<BackupView, "folders">,
  info: UnsignedInfo,
  { ids, because, at }: Omit<Removal, "stampOfText">,
  changed: readonly SnapshotInfo[] = [],
  superseded: readonly string[] = [],
): PlanStep[] {
  const go = new Set<number>(ids);
  const byId = new Map(changed.map((each) => [each.id, each]));
  const removed = [...info.removed, ...ids.map((id) => ({ id, removedAt: at, because }))];
  const committed: UnsignedInfo = {
    ...info,
    revision: info.revision + 1,
    snapshots: info.snapshots.filter(({ id }) => !go.has(id)).map((snapshot) => byId.get(snapshot.id) ?? snapshot),
    removed: removed.slice(-MAX_REMOVED_REMEMBERED),
    work: {
      step: "removing",
      ids: [...ids],
      because,
      ...(superseded.length === 0 ? {} : { superseded: [...superseded] }),
    },
  };
  return [{ step: "publish-info", info: committed }, ...tidy(committed, view.folders)];
}

export function unsigned(info: DatabaseBackupInfo): UnsignedInfo {
  const { signature: _, ...rest } = info;
  return rest;
}

function foldingInfo(
  info: DatabaseBackupInfo,
  { ids, because }: Removal,
  folded: readonly Folded[],
  superseded: readonly string[],
): UnsignedInfo | undefined {
  if (folded.length === 0) return undefined;
  const byId = new Map(folded.map((each) => [each.before.id, each.before]));
  return {
    ...unsigned(info),
    revision: info.revision + 1,
    snapshots: info.snapshots.map((snapshot) => byId.get(snapshot.id) ?? snapshot),
    work: {
      step: "folding",
      ids: [...ids],
      because,
      ...(superseded.length === 0 ? {} : { superseded: [...superseded] }),
    },
  };
}

function refuseOtherWork({ work, snapshots }: DatabaseBackupInfo, ids: readonly SnapshotId[]): void {
  const same = work?.ids.length === ids.length && work.ids.every((id) => ids.includes(id));
  if (work !== undefined && !(work.step === "folding" && same)) {
    throw new SnapdeckError("backup-unusable", "an earlier removal of snapshots is not finished; nothing was changed", {
      hint: "It is finished first; then ask again.",
    });
  }
  const left = snapshots.filter(({ id }) => !ids.includes(id));
  for (const { id } of left) {
    const [, ...bases] = chainOf(snapshots, id);
    const full = bases.at(-1);
    if (full === undefined || !ids.includes(full.id)) continue;
    throw new SnapdeckError(
      "full-not-purged",
      `snapshot ${full.id} is the full one that ${id} builds on; nothing was removed`,
    );
  }
}
