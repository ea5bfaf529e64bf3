import { ObjectDefinition } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { DefinitionsOfSnapshot, Stamper } from "@snapdeck/core/snapshots/plan-steps";
import { stampOf } from "./file-stamp.ts";
import { readLmdb } from "./lmdb-read.ts";
import { writeLmdb } from "./lmdb-write.ts";

/** The largest `.mdb` that is written or read: about 800 000 files. */
export const MAX_MDB_BYTES = 256 * 1024 * 1024;

/** The bytes of `<snapshot_id>.mdb`: a record for each file, by its folder and name, which `//` parts as no path holds it. */
export function encodeContent(files: readonly SnapshotFile[]): Promise<Uint8Array> {
  return encoded(
    files.map(({ folder, name, sizeBytes, checksum, sha256, parts }) => ({
      key: `${folder}//${name}`,
      value: { sizeBytes, checksum, sha256, parts },
    })),
  );
}

/** @throws {SnapdeckError} `backup-unusable` when it is not what `encodeContent` writes; `path` is what it is called then */
export function decodeContent(bytes: Uint8Array, path: string): SnapshotFile[] {
  return decoded(bytes, path, (key, value) => {
    const [folder, name, ...rest] = key.split("//");
    if (rest.length > 0) throw new Error("a key has three parts");
    return SnapshotFile.parse(Object.assign({}, value, { folder, name }));
  });
}

/** The bytes of `<backup>.mdb`: a record for each object of each snapshot. */
export function encodeDefinitions(snapshots: readonly DefinitionsOfSnapshot[]): Promise<Uint8Array> {
  return encoded(
    snapshots.flatMap(({ snapshotId, definitions }) =>
      definitions.map((value, at) => ({ key: `${snapshotId}/${String(at).padStart(8, "0")}`, value })),
    ),
  );
}

/** @throws {SnapdeckError} `backup-unusable` when it is not what `encodeDefinitions` writes */
export function decodeDefinitions(bytes: Uint8Array, path: string): Map<number, ObjectDefinition[]> {
  const bySnapshot = new Map<number, ObjectDefinition[]>();
  const records = decoded(bytes, path, (key, value) => {
    const snapshotId = SnapshotId.parse(Number(key.split("/")[0]));
    return { snapshotId, definition: ObjectDefinition.parse(value) };
  });
  for (const { snapshotId, definition } of records) {
    bySnapshot.set(snapshotId, [...(bySnapshot.get(snapshotId) ?? []), definition]);
  }
  return bySnapshot;
}

/** What these files will be once they are written. */
export const lmdbStamper: Stamper = {
  text: (text) => stampOf(new TextEncoder().encode(text)),
  content: async (files) => stampOf(await encodeContent(files)),
  definitions: async (definitions) => stampOf(await encodeDefinitions(definitions)),
};

async function encoded(records: readonly { key: string; value: object }[]): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const bytes = await writeLmdb(
    records.map(({ key, value }) => ({ key, value: encoder.encode(JSON.stringify(value)) })),
  );
  if (bytes.length <= MAX_MDB_BYTES) return bytes;
  throw new SnapdeckError(
    "not-supported",
    `the snapshot has too many files or objects to be listed: ${records.length}`,
    {
      hint: "Make several backups, of fewer objects each.",
    },
  );
}

function decoded<T>(bytes: Uint8Array, path: string, read: (key: string, value: unknown) => T): T[] {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const found: T[] = [];
  try {
    for (const { key, value } of readLmdb(bytes))
      found.push(read(decoder.decode(key), JSON.parse(decoder.decode(value))));
  } catch (cause) {
    throw new SnapdeckError("backup-unusable", `${path} cannot be read: it is not what Snapdeck writes there`, {
      hint: "Find out who touched the store.",
      cause,
    });
  }
  return found;
}
