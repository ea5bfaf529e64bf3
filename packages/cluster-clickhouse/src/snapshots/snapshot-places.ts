import type { DatabaseBackupName, SnapshotInfo } from "@snapdeck/contract/database-backup";
import { EngineFolder, type SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { SnapshotView } from "@snapdeck/core/snapshots/backup-view";
import { ownBytes, ownPath } from "@snapdeck/core/snapshots/engine-metadata";
import { locatePart } from "@snapdeck/core/snapshots/locate-part";
import { snapshotFolder } from "./snapshot-paths.ts";

/** A snapshot whose lists are known to be right: its `.mdb` and each `.backup` were compared with the info, or were just written. */
export type SnapshotToRead = SnapshotView & {
  readonly backup: DatabaseBackupName;
  /** Itself first, and all that it builds on. */
  readonly chain: readonly [Pick<SnapshotInfo, "id" | "absorbed">, ...Pick<SnapshotInfo, "id" | "absorbed">[]];
};

/** Bytes on the store that belong together, and what is known of them. */
export type Place = {
  /** Files relative to the store's root, whose bytes follow each other. */
  readonly paths: readonly string[];
  readonly rank: number;
  readonly sizeBytes: number;
  /** The engine's checksum of all of them; absent where only the rest of a file stands there. */
  readonly checksum: string | undefined;
  readonly sha256: string | undefined;
};

/**
 * Where all bytes of the snapshots stand, each once: by their own lists of files, and by the engine's, which may lead to a joined copy of
 * what the own list has in parts.
 */
export function placesOf(snapshots: readonly SnapshotToRead[]): Place[] {
  const places = new Map<string, Place>();
  const parts = new Set<string>();
  for (const snapshot of snapshots) {
    for (const file of snapshot.files) {
      if (file.sizeBytes === 0) continue;
      const place = listed(snapshot, file);
      places.set(place.paths.join("\n"), place);
      for (const path of place.paths) parts.add(path);
    }
  }
  for (const snapshot of snapshots) {
    for (const place of accounted(snapshot)) {
      const path = place.paths.join("\n");
      if (!parts.has(path)) places.set(path, place);
    }
  }
  return [...places.values()];
}

function listed({ backup, chain }: SnapshotToRead, file: SnapshotFile): Place {
  return {
    paths: file.parts.map((part) => `${backup}/${locatePart(chain, file.folder, part).path}`),
    rank: rankOf(file.folder),
    sizeBytes: file.sizeBytes,
    checksum: file.checksum,
    sha256: file.sha256,
  };
}

function accounted({ backup, chain: [{ id }], folders }: SnapshotToRead): Place[] {
  return [...folders].flatMap(([folder, { metadata }]) =>
    metadata.files
      .filter((entry) => ownBytes(entry) > 0)
      .map((entry) => ({
        paths: [`${snapshotFolder(backup, id)}/${folder}/${ownPath(entry)}`],
        rank: rankOf(EngineFolder.parse(folder)),
        sizeBytes: ownBytes(entry),
        checksum: entry.base === undefined ? entry.checksum : undefined,
        sha256: undefined,
      })),
  );
}

function rankOf(folder: EngineFolder): number {
  return Number(/^rank-(\d+)\//.exec(folder)?.[1] ?? 0);
}
