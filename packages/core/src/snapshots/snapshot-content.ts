import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineFolder, FilePart, SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import {
  ambiguousFiles,
  bytesKey,
  type EngineEntry,
  type EngineMetadata,
  ownBytes,
  ownPath,
} from "./engine-metadata.ts";

/** What is known of a base: its files in the same engine folder, by where their bytes are. */
export type KnownFiles = ReadonlyMap<string, readonly FilePart[]>;

/** The files of one engine folder by size and checksum, to look up what a snapshot on top of it takes from it. */
export function knownFiles(files: readonly SnapshotFile[], folder: EngineFolder): KnownFiles {
  return new Map(files.filter((file) => file.folder === folder).map((file) => [bytesKey(file), file.parts]));
}

/**
 * What a new snapshot holds in one engine folder: each file with the parts that make it up, as the engine's `.backup` puts them
 * together. `base` is what the snapshot that it builds on holds in the same folder.
 * @throws {SnapdeckError} `backup-unusable` when the engine took bytes from a base that does not hold them, or would restore wrong ones
 */
export function snapshotContent(
  id: SnapshotId,
  folder: EngineFolder,
  metadata: EngineMetadata,
  base: KnownFiles,
): SnapshotFile[] {
  const [ambiguous] = ambiguousFiles(metadata);
  if (ambiguous !== undefined) {
    throw unusable(
      `${folder}/${ambiguous} has the bytes of another file and is put together differently, which is restored wrong`,
    );
  }
  return metadata.files.map((file) => {
    const { name, sizeBytes, checksum } = file;
    const parts = [...partsInBase(folder, file, base), ...ownPart(id, file)];
    return { folder, name, sizeBytes, ...(checksum === undefined ? {} : { checksum }), parts };
  });
}

function partsInBase(folder: EngineFolder, file: EngineEntry, base: KnownFiles): readonly FilePart[] {
  if (file.base === undefined) return [];
  const parts = base.get(bytesKey(file.base));
  if (parts === undefined || ownBytes(file) < 0)
    throw unusable(`${folder}/${file.name} needs bytes that its base does not hold`);
  return parts;
}

function ownPart(snapshotId: SnapshotId, file: EngineEntry): FilePart[] {
  return ownBytes(file) === 0 ? [] : [{ snapshotId, name: ownPath(file), sizeBytes: ownBytes(file) }];
}

function unusable(what: string): SnapdeckError {
  return new SnapdeckError("backup-unusable", `${what}; the snapshot is not listed`, {
    hint: "Take the snapshot again; when it fails again, take a full one with CREATE BACKUP and RECREATE.",
  });
}
