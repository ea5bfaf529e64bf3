import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { bytesKey } from "@snapdeck/core/snapshots/engine-metadata";
import { locatePart } from "@snapdeck/core/snapshots/locate-part";
import { MAX_METADATA_BYTES } from "../engine-metadata.ts";

/** Answers undefined when there is no such file. */
export type ReadSmallFile = (name: string) => Promise<Uint8Array | undefined>;

/**
 * Reads small files of one engine folder by their name, wherever on the chain their bytes stand, and equal ones once.
 * @param chain the snapshot itself first, then all that it builds on
 */
export function smallFilesOf(
  store: ObjectStore,
  backup: string,
  chain: readonly Pick<SnapshotInfo, "id" | "absorbed">[],
  files: readonly SnapshotFile[],
): ReadSmallFile {
  const byName = new Map(files.map((file) => [file.name, file]));
  const known = new Map<string, Promise<Uint8Array>>();
  return async (name) => {
    const file = byName.get(name);
    if (file === undefined) return undefined;
    const key = bytesKey(file);
    const reading = known.get(key) ?? readParts(store, backup, chain, file);
    known.set(key, reading);
    return reading;
  };
}

async function readParts(
  store: ObjectStore,
  backup: string,
  chain: readonly Pick<SnapshotInfo, "id" | "absorbed">[],
  { folder, name, parts, sizeBytes }: SnapshotFile,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const path = `${backup}/${locatePart(chain, folder, part).path}`;
    const bytes = await store.read(path, MAX_METADATA_BYTES);
    if (bytes === undefined) throw broken(`${path} is missing`);
    pieces.push(bytes);
  }
  const all = Buffer.concat(pieces);
  if (all.length !== sizeBytes) throw broken(`${folder}/${name} has ${all.length} of ${sizeBytes} bytes`);
  return all;
}

function broken(detail: string): SnapdeckError {
  return new SnapdeckError("proof-failed", `${detail}; the snapshot cannot be read in full`, {
    hint: "Find out who touched the store.",
  });
}
