import { createHash } from "node:crypto";
import type { ManifestFile, ManifestTable } from "@snapdeck/contract/manifest";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore, StoredFile } from "@snapdeck/core/ports/object-store";
import { type BackupContents, backupContents } from "./backup-contents.ts";
import { concurrently } from "./concurrently.ts";
import { type EngineFile, MAX_METADATA_BYTES, parseEngineMetadata } from "./engine-metadata.ts";
import type { EngineOperation } from "./engine-operation.ts";
import { isExecuted } from "./executed-files.ts";
import { describeFaults, faultsInStore } from "./store-check.ts";
import { rowsOf } from "./table-rows.ts";
import { refuseLostChanges, type TablePart } from "./unapplied-changes.ts";

/** Small files that are read at once. */
const READS_AT_ONCE = 16;

/** A number of rows in digits is shorter. */
const MAX_COUNT_BYTES = 64;

/** What is known of a rank's copy beside its files. */
export type RankCopy = {
  readonly operation: EngineOperation;
  /** The engine of each table, by `database\0table`, as the rank told when the backup began. */
  readonly engines: ReadonlyMap<string, string>;
  /** The patch parts that the rank had once its engine knew what to copy. */
  readonly patches: readonly TablePart[];
};

export type ProvenRank = {
  readonly databases: readonly string[];
  readonly tables: readonly ManifestTable[];
  readonly files: readonly ManifestFile[];
  readonly sizeBytes: number;
};

/**
 * L1: the engine says that it is done, counted no failed write, and every file that it lists is on the store with its size, and
 * none besides. The engine's word alone is no proof: on a full disk the embedded one reports success over short files.
 * @throws {SnapdeckError} `proof-failed`, `unapplied-changes`, `store-unavailable`
 */
export async function proveRank(
  store: ObjectStore,
  folder: string,
  { operation, engines, patches }: RankCopy,
): Promise<ProvenRank> {
  if (operation.failedWrites > 0) {
    throw notProven(`the engine reported success, but ${operation.failedWrites} of its writes failed`);
  }
  const { files, listed, contents } = await readContents(store, folder, notProven);
  const faults = faultsInStore(folder, files, await allFiles(store, folder));
  if (faults.length > 0) throw notProven(`the engine reported success, but ${describeFaults(faults)}`);
  refuseLostChanges(listed, patches);
  const tables = await concurrently(contents.tables, READS_AT_ONCE, async (found) => {
    const engine = engines.get(`${found.database}\0${found.table}`) ?? "unknown";
    const rows = await rowsOf(found, engine, (path) => store.read(`${folder}/${path}`, MAX_COUNT_BYTES), notProven);
    const table: ManifestTable = { database: found.database, table: found.table, engine };
    return rows === undefined ? table : { ...table, rows };
  });
  return {
    databases: contents.databases,
    tables,
    files: await withHashes(store, folder, files),
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
  };
}

/** The files of a rank's folder as its `.backup` lists them, itself included, and what they hold. */
export async function readContents(
  store: ObjectStore,
  folder: string,
  failure: (detail: string, cause?: unknown) => SnapdeckError,
): Promise<{ files: ManifestFile[]; listed: EngineFile[]; contents: BackupContents }> {
  const metadata = await store.read(`${folder}/.backup`, MAX_METADATA_BYTES);
  if (metadata === undefined) throw failure(`${folder}/.backup, the engine's list of files, is missing`);
  try {
    const listed = parseEngineMetadata(metadata);
    const names = new Set(listed.map((file) => file.name));
    const files = listed.filter((file) => holdsBytes(file, names)).map(manifestFile);
    files.push({ path: ".backup", sizeBytes: metadata.length });
    return { files, listed, contents: backupContents(listed) };
  } catch (thrown) {
    if (thrown instanceof SnapdeckError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : "it cannot be read";
    throw failure(`${folder}/.backup, the engine's list of files, is refused: ${reason}`, thrown);
  }
}

/**
 * The files with the SHA-256 of those that a restore executes or is led by. The engine notices no change in them as long as their
 * size stays.
 */
export function withHashes(
  store: ObjectStore,
  folder: string,
  files: readonly ManifestFile[],
): Promise<ManifestFile[]> {
  return concurrently(files, READS_AT_ONCE, async (file) => {
    if (!isExecuted(file.path)) return file;
    const contents = await store.read(`${folder}/${file.path}`, MAX_METADATA_BYTES);
    if (contents === undefined) throw notProven(`${file.path} is missing`);
    return { ...file, sha256: createHash("sha256").update(contents).digest("hex") };
  });
}

export async function allFiles(store: ObjectStore, folder: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of store.files(folder)) files.push(file);
  return files;
}

function holdsBytes(file: EngineFile, names: ReadonlySet<string>): boolean {
  if (file.dataFile === undefined || file.dataFile === file.name) return true;
  if (names.has(file.dataFile)) return false;
  throw new Error(`${file.name} takes its bytes from ${file.dataFile}, which is not in the backup`);
}

function manifestFile({ name, sizeBytes, checksum }: EngineFile): ManifestFile {
  return checksum === undefined ? { path: name, sizeBytes } : { path: name, sizeBytes, engineChecksum: checksum };
}

function notProven(detail: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError(
    "proof-failed",
    `${detail}; the backup is not listed, and the cluster's data is not affected`,
    {
      hint: "Check the store's disk and its free space, then back up again.",
      cause,
    },
  );
}
