/** Bytes in another backup, found there by size and checksum, whatever their name. */
export type EngineBytes = { readonly sizeBytes: number; readonly checksum: string };

/**
 * One file as the engine's `.backup` tells of it. Its first bytes are `base`, in the backup that this one builds on; what is left of
 * `sizeBytes` stands in this backup's own folder, at `dataFile` or, where that is absent, at its name.
 */
export type EngineEntry = {
  readonly name: string;
  readonly sizeBytes: number;
  /** Absent for empty files, which have no bytes anywhere. */
  readonly checksum?: string;
  readonly base?: EngineBytes;
  /** Another path of this folder that holds its own bytes; any path serves, also one that no file is named by. */
  readonly dataFile?: string;
};

/** The engine's `.backup`: everything that it needs to restore from a folder. */
export type EngineMetadata = {
  readonly uuid: string;
  /** As the engine prints it: `2026-11-22 14:00:00`. */
  readonly timestamp: string;
  /** Whether equal files share one copy. */
  readonly deduplicated: boolean;
  /**
   * What this backup builds on: in the engine's SQL, such as `File('a/b')`, and the uuid that must stand there. `copiesCredentials`: the
   * locator holds none, and the engine takes those that it was given for this backup; so it is on S3.
   */
  readonly base?: { readonly locator: string; readonly uuid: string; readonly copiesCredentials?: true };
  readonly files: readonly EngineEntry[];
};

/** How many bytes of a file stand in the backup's own folder. */
export function ownBytes({ sizeBytes, base }: EngineEntry): number {
  return sizeBytes - (base?.sizeBytes ?? 0);
}

/** Where a file's own bytes stand in the backup's folder. */
export function ownPath({ name, dataFile }: EngineEntry): string {
  return dataFile ?? name;
}

/** By what the engine finds bytes in a backup. */
export function bytesKey(bytes: { readonly sizeBytes: number; readonly checksum?: string | undefined }): string {
  return `${bytes.sizeBytes} ${bytes.checksum ?? ""}`;
}

/** The files of a backup by their bytes; of equal ones the first, as the engine takes it. */
export function byBytes(metadata: EngineMetadata): Map<string, EngineEntry> {
  const found = new Map<string, EngineEntry>();
  for (const file of metadata.files) if (!found.has(bytesKey(file))) found.set(bytesKey(file), file);
  return found;
}

/**
 * Files with equal bytes that are put together differently. The engine keeps one account of equal bytes and restores the others by it,
 * so what it brings back for them is wrong, and it says RESTORED all the same (ClickHouse#112403). A backup with any is not listed.
 */
export function ambiguousFiles(metadata: EngineMetadata): string[] {
  const first = byBytes(metadata);
  return metadata.files
    .filter((file) => first.get(bytesKey(file))?.base?.sizeBytes !== file.base?.sizeBytes)
    .map((file) => file.name);
}
