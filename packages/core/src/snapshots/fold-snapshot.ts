import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { FileStamp, SnapshotFolder, SnapshotId } from "@snapdeck/contract/snapshot-file";
import { type BackupView, viewOf, whichStands } from "./backup-view.ts";
import { type Composed, type FoldedFolder, foldFolder } from "./fold-folder.ts";
import { chainOf } from "./lineage.ts";
import { foldedName, keptBy, locatePart } from "./locate-part.ts";
import type { PlanStep } from "./plan-steps.ts";
import { printEngineMetadata } from "./print-engine-metadata.ts";

/** A snapshot that takes over what it needs of those that go. */
export type Folded = {
  /** While both accounts of its folders are right. */
  readonly before: SnapshotInfo;
  /** When it needs none of those that go. */
  readonly after: SnapshotInfo;
  /** What makes `after` true, once `before` is published. */
  readonly steps: readonly PlanStep[];
  /** Its files, relative to the backup's folder, that nothing needs once `after` is published. */
  readonly superseded: readonly string[];
};

type Chain = [SnapshotInfo, ...SnapshotInfo[]];

/**
 * @param go those that are removed
 * @param earlier what was folded before it, and may be among those that it builds on
 * @throws {SnapdeckError} `backup-unusable`
 */
export function foldSnapshot(
  view: BackupView,
  snapshot: SnapshotInfo,
  go: ReadonlySet<number>,
  earlier: readonly Folded[],
  stampOfText: (text: string) => FileStamp,
): Folded {
  const chain = chainOf(view.info.snapshots, snapshot.id);
  const stays = chain.findIndex(({ id }, at) => at > 0 && !go.has(id));
  const [leaving, staying] = [chain.slice(1, stays), chain.slice(stays)];
  const copies = new Map<string, PlanStep>();
  const rewrites: PlanStep[] = [];
  const dropped: string[] = [];
  const folders = snapshot.folders.map(({ path, metadata }) => {
    const { standing, fold } = foldedMetadata(view, snapshot, { path, metadata }, leaving);
    // One that an interrupted fold exchanged already keeps both stamps, for that is how the next one tells.
    if (fold === undefined) return { path, before: metadata, after: { now: standing } };
    for (const each of fold.composed) addCopy(copies, snapshot.id, path, each);
    dropped.push(...fold.dropped.map((name) => pathOf(snapshot.id, path, name)));
    const text = printEngineMetadata(fold.metadata);
    const next = stampOfText(text);
    rewrites.push({ step: "write-metadata", path: `${snapshot.id}/${path}/.backup`, text, replaces: standing });
    return { path, before: { now: standing, next }, after: { now: next } };
  });
  const absorbed = takeOver(view, chain, new Set(leaving.map(({ id }) => id)), copies);
  const { absorbed: _, baseId: __, ...rest } = snapshot;
  const [base] = staying;
  const after: SnapshotInfo = {
    ...rest,
    ...(base === undefined ? {} : { baseId: base.id }),
    ...(absorbed.length === 0 ? {} : { absorbed }),
    folders: folders.map(({ path, after }) => ({ path, metadata: after })),
  };
  const chainAfter = staying.map(
    ({ id, ...each }) => earlier.find((one) => one.after.id === id)?.after ?? { id, ...each },
  );
  const keptFiles = keptBy([after, ...chainAfter], viewOf(view, snapshot.id).files);
  const kept = [...keptFiles.values()];
  return {
    before: { ...snapshot, folders: folders.map(({ path, before }) => ({ path, metadata: before })) },
    after: { ...after, kept: { files: kept.length, sizeBytes: kept.reduce((sum, size) => sum + size, 0) } },
    // Also when an interrupted fold did it all: what it did may not be durable yet.
    steps: [...copies.values(), { step: "sync", id: snapshot.id }, ...rewrites],
    superseded: dropped.filter((path) => !keptFiles.has(path)),
  };
}

/** The new account of one folder; none when it stands already, or the old one needs nothing that leaves. */
function foldedMetadata(
  view: BackupView,
  snapshot: SnapshotInfo,
  folder: SnapshotFolder,
  leaving: readonly SnapshotInfo[],
): { standing: FileStamp; fold: FoldedFolder | undefined } {
  const found = viewOf(view, snapshot.id).folders.get(folder.path);
  if (found === undefined) throw new Error(`the plan needs ${snapshot.id}/${folder.path}, which was not read`);
  const { metadata, standing } = found;
  if (whichStands(`${snapshot.id}/${folder.path}/.backup`, folder.metadata, standing) === "next") {
    return { standing, fold: undefined };
  }
  const chain = leaving.flatMap(({ id }) => {
    const each = viewOf(view, id).folders.get(folder.path);
    return each === undefined ? [] : [{ id, metadata: each.metadata }];
  });
  const [nearest, ...others] = chain;
  if (nearest === undefined || metadata.base === undefined) return { standing, fold: undefined };
  return { standing, fold: foldFolder(snapshot.id, metadata, [nearest, ...others]) };
}

/** Copies each part that stands with one that leaves, and answers whose parts it holds then that are not its own. */
function takeOver(
  view: BackupView,
  chain: Chain,
  leaving: ReadonlySet<number>,
  copies: Map<string, PlanStep>,
): SnapshotId[] {
  const [snapshot] = chain;
  const absorbed = new Set<SnapshotId>();
  for (const { folder, parts } of viewOf(view, snapshot.id).files) {
    for (const part of parts) {
      const { holderId, path } = locatePart(chain, folder, part);
      if (part.snapshotId === snapshot.id || (holderId !== snapshot.id && !leaving.has(holderId))) continue;
      absorbed.add(part.snapshotId);
      if (holderId === snapshot.id) continue;
      const to = pathOf(snapshot.id, folder, foldedName(part.snapshotId, part.name));
      copies.set(to, { step: "compose", path: to, sizeBytes: part.sizeBytes, from: [path] });
    }
  }
  return [...absorbed].sort((one, other) => one - other);
}

function addCopy(
  copies: Map<string, PlanStep>,
  snapshotId: number,
  folder: string,
  { name, sizeBytes, from }: Composed,
) {
  const path = pathOf(snapshotId, folder, name);
  copies.set(path, { step: "compose", path, sizeBytes, from: from.map(({ id, name }) => pathOf(id, folder, name)) });
}

function pathOf(id: number, folder: string, name: string): string {
  return `${id}/${folder}/${name}`;
}
