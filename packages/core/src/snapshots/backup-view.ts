import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ChangingFile, FileStamp, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { EngineMetadata } from "./engine-metadata.ts";

/** A snapshot as it stands on the store. */
export type SnapshotView = {
  readonly files: readonly SnapshotFile[];
  /** By the path of the engine folder. */
  readonly folders: ReadonlyMap<string, FolderView>;
};

/** `.backup` of an engine folder, and what it was when it was read. */
export type FolderView = { readonly metadata: EngineMetadata; readonly standing: FileStamp };

/** A backup as it stands on the store: what a plan is computed from, so that it can be computed again after a crash. */
export type BackupView = {
  readonly info: DatabaseBackupInfo;
  /** `<backup>.mdb`. */
  readonly definitions: FileStamp;
  /** Names of the folders right below the backup's. */
  readonly folders: readonly string[];
  /** At least those that `neededFor` names. */
  readonly snapshots: ReadonlyMap<number, SnapshotView>;
};

export function viewOf(view: BackupView, id: number): SnapshotView {
  const found = view.snapshots.get(id);
  if (found === undefined) throw new Error(`the plan needs snapshot ${id}, which was not read`);
  return found;
}

/**
 * Which of the two it is that stands in the place of a file that may be under way.
 * @throws {SnapdeckError} `backup-unusable` when it is neither
 */
export function whichStands(path: string, file: ChangingFile, standing: FileStamp): "now" | "next" {
  if (standing.sha256 === file.next?.sha256) return "next";
  if (standing.sha256 === file.now.sha256) return "now";
  throw new SnapdeckError(
    "backup-unusable",
    `${path} is not the file that the backup's info speaks of; nothing was changed`,
    {
      hint: "Find out who touched the store. A copy of the store that is whole can be put in its place.",
    },
  );
}

const SNAPSHOT_FOLDER = /^[1-9]\d{0,14}$/;

/** The folders of snapshots that nothing lists: of attempts that died, and of removals that were cut off. Only while nobody takes one. */
export function strayFolders(info: Pick<DatabaseBackupInfo, "snapshots">, folders: readonly string[]): number[] {
  const listed = new Set<number>(info.snapshots.map(({ id }) => id));
  return folders
    .filter((name) => SNAPSHOT_FOLDER.test(name))
    .map(Number)
    .filter((id) => !listed.has(id));
}
