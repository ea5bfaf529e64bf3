import type { RemovalReason, SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { FileStamp, SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { BackupView } from "./backup-view.ts";
import { unlist, unsigned } from "./plan-removal.ts";
import type { DefinitionsOfSnapshot, PlanStep, Stamper, UnsignedInfo } from "./plan-steps.ts";

/** A snapshot whose engine folders are written. */
export type NewSnapshot = {
  /** What its info will be; `content` is filled in. */
  readonly info: Omit<SnapshotInfo, "content">;
  readonly files: readonly SnapshotFile[];
};

/** What a backup is, beside its snapshots. */
export type BackupHead = Pick<UnsignedInfo, "name" | "ddl" | "createdAt" | "createdBy" | "objects" | "options">;

/** What stands on the store before an addition, as far as it must be known. */
export type AdditionView = Pick<BackupView, "info" | "definitions" | "folders">;

/**
 * Publishes the first snapshot of a backup that is not there yet. Its folder holds nothing but the engine's files.
 * @param definitions the objects of the snapshot
 */
export async function planCreation(
  head: BackupHead,
  snapshot: NewSnapshot,
  definitions: readonly DefinitionsOfSnapshot[],
  stamper: Stamper,
): Promise<PlanStep[]> {
  const { content, listed } = await stamped(snapshot, stamper);
  const stamp = await stamper.definitions(definitions);
  const info: UnsignedInfo = {
    format: "snapdeck-database-backup/1",
    revision: 1,
    ...head,
    definitions: { now: stamp },
    snapshots: [listed],
    removed: [],
  };
  return [
    ...content,
    { step: "write-definitions", definitions, stamp, replaces: undefined },
    { step: "publish-info", info },
  ];
}

/**
 * Publishes one more snapshot of a backup.
 * @param definitions of all snapshots that are listed, and of the new one: with `instead` too, for the others stay listed until it is. Those
 *   of snapshots that are gone are left out, and so leave the file
 * @param instead with RECREATE and MERGE: it takes the place of all that there are, which go once it is listed
 * @throws {SnapdeckError} `backup-unusable` while a removal is unfinished
 */
export async function planAddition(
  view: AdditionView,
  snapshot: NewSnapshot,
  definitions: readonly DefinitionsOfSnapshot[],
  stamper: Stamper,
  instead?: { readonly head?: BackupHead; readonly because: RemovalReason; readonly at: string },
): Promise<PlanStep[]> {
  const { info } = view;
  if (info.work !== undefined) {
    throw new SnapdeckError("backup-unusable", "an earlier removal of snapshots is not finished; nothing was changed", {
      hint: "It is finished first; then ask again.",
    });
  }
  const { content, listed } = await stamped(snapshot, stamper);
  const next = await stamper.definitions(definitions);
  const now = view.definitions;
  const announced: UnsignedInfo = { ...unsigned(info), revision: info.revision + 1, definitions: { now, next } };
  const complete: UnsignedInfo = {
    ...announced,
    ...instead?.head,
    definitions: { now: next },
    snapshots: [...info.snapshots, listed],
  };
  const ids = info.snapshots.map(({ id }) => id);
  return [
    ...content,
    { step: "publish-info", info: announced },
    { step: "write-definitions", definitions, stamp: next, replaces: now },
    ...(instead === undefined
      ? [{ step: "publish-info", info: { ...complete, revision: announced.revision + 1 } } as const]
      : unlist(unlisted(view, snapshot.info.id), complete, { ids, ...instead })),
  ];
}

/** The folders of a backup, without that of the snapshot that is being added. */
function unlisted(view: AdditionView, id: SnapshotId): Pick<BackupView, "folders"> {
  return { folders: view.folders.filter((name) => name !== String(id)) };
}

async function stamped(
  { info, files }: NewSnapshot,
  stamper: Stamper,
): Promise<{ content: PlanStep[]; listed: SnapshotInfo }> {
  const stamp: FileStamp = await stamper.content(files);
  const { id } = info;
  return {
    content: [
      { step: "write-content", id, files, stamp },
      { step: "prove", id },
    ],
    listed: { ...info, content: stamp },
  };
}
