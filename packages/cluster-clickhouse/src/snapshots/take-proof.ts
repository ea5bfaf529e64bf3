import { createHash } from "node:crypto";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile, SnapshotFolder, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { type FolderView, viewOf } from "@snapdeck/core/snapshots/backup-view";
import { type EngineMetadata, ownBytes, ownPath } from "@snapdeck/core/snapshots/engine-metadata";
import { knownFiles, snapshotContent } from "@snapdeck/core/snapshots/snapshot-content";
import { backupContents, unescapeName } from "../backup-contents.ts";
import { concurrently } from "../concurrently.ts";
import { isExecuted } from "../executed-files.ts";
import { allFiles } from "../l1-proof.ts";
import { describeFaults, faultsInStore } from "../store-check.ts";
import { rowsOf } from "../table-rows.ts";
import { refuseLostChanges } from "../unapplied-changes.ts";
import { smallFilesOf } from "./small-files.ts";
import { folderOnStore } from "./snapshot-paths.ts";
import type { TakeOrder } from "./take-attempt.ts";
import type { WrittenFolder } from "./take-copy.ts";
import { baseOf, type TakeIntent } from "./take-intent.ts";

/** Small files that are read at once. */
const READS_AT_ONCE = 16;

/** One folder of a snapshot that passed L1. */
export type ProvenFolder = {
  readonly folder: SnapshotFolder;
  readonly view: FolderView;
  readonly files: readonly SnapshotFile[];
  readonly tables: readonly ProvenTable[];
};

export type ProvenTable = {
  readonly database: string;
  readonly name: string;
  /** Undefined where the engine counts none. */
  readonly rows: number | undefined;
  readonly hasData: boolean;
  /** Its definition, as the engine put it into the folder. */
  readonly ddl: string | undefined;
};

/**
 * L1 of one folder: the engine says that it is done and counted no failed write; it holds just the tables that it should, builds on just the base
 * that it should, and every file that it lists is on the store with its size, and none besides.
 * @throws {SnapdeckError} `proof-failed`, `unapplied-changes`, `backup-unusable`, `store-unavailable`
 */
export async function proveFolder(
  order: Pick<TakeOrder, "store" | "backup">,
  intent: TakeIntent,
  id: SnapshotId,
  { plan, operation, patches }: WrittenFolder,
  moved: () => void = () => undefined,
): Promise<ProvenFolder> {
  const { store, backup } = order;
  if (operation.failedWrites > 0)
    throw notProven(`the engine reported success, but ${operation.failedWrites} of its writes failed`);
  const { metadata, standing } = await store.metadata(backup, id, plan.folder);
  if (metadata.base !== undefined && metadata.base.uuid !== plan.base?.uuid)
    throw notProven(`${plan.folder} builds on another backup than it should`);
  const base = baseOf(intent);
  const baseFiles = base === undefined || intent.base === undefined ? [] : viewOf(intent.base.view, base.id).files;
  const files = snapshotContent(id, plan.folder, metadata, knownFiles(baseFiles, plan.folder));
  await assertStands(store.files, folderOnStore(backup, id, plan.folder), metadata, standing.sizeBytes);
  const contents = contentsOf(plan.folder, metadata);
  refuseOtherTables(plan, contents.tables);
  refuseLostChanges(metadata.files, patches);
  const definitions = definitionFiles(metadata);
  const read = smallFilesOf(store.files, backup, [{ id }, ...(intent.base?.chain ?? [])], files);
  const engines = new Map(plan.tables.map((table) => [`${table.database}\0${table.name}`, table.engine]));
  const tables = await concurrently(contents.tables, READS_AT_ONCE, async (table): Promise<ProvenTable> => {
    moved();
    const engine = engines.get(`${table.database}\0${table.table}`) ?? "";
    const rows = await rowsOf(table, engine, read, notProven);
    const ddl = await read(definitions.get(`${table.database}\0${table.table}`) ?? "");
    return { database: table.database, name: table.table, rows, hasData: table.hasData, ddl: ddl && textOf(ddl) };
  });
  const hashed = await concurrently(files, READS_AT_ONCE, async (file): Promise<SnapshotFile> => {
    if (!isExecuted(file.name)) return file;
    moved();
    const bytes = (await read(file.name)) ?? new Uint8Array();
    return { ...file, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  return {
    folder: { path: plan.folder, metadata: { now: standing } },
    view: { metadata, standing },
    files: hashed,
    tables,
  };
}

async function assertStands(
  store: ObjectStore,
  folder: string,
  metadata: EngineMetadata,
  metadataBytes: number,
): Promise<void> {
  const expected = new Map([[".backup", metadataBytes]]);
  for (const entry of metadata.files) if (ownBytes(entry) > 0) expected.set(ownPath(entry), ownBytes(entry));
  const listed = [...expected].map(([path, sizeBytes]) => ({ path, sizeBytes }));
  const faults = faultsInStore(folder, listed, await allFiles(store, folder));
  if (faults.length > 0) throw notProven(`the engine reported success, but ${describeFaults(faults)}`);
}

function contentsOf(folder: string, metadata: EngineMetadata): ReturnType<typeof backupContents> {
  try {
    return backupContents(
      metadata.files.map(({ name, sizeBytes, checksum, dataFile }) => ({ name, sizeBytes, checksum, dataFile })),
    );
  } catch (cause) {
    throw notProven(`${folder}/.backup names what the engine never writes`, cause);
  }
}

/** What was made or dropped between the plan and the copy is in the one and not in the other. */
function refuseOtherTables(
  { folder, tables }: WrittenFolder["plan"],
  found: readonly { readonly database: string; readonly table: string }[],
): void {
  const held = new Set(found.map(({ database, table }) => `${database}.${table}`));
  const planned = tables.map(({ database, name }) => `${database}.${name}`);
  const missing = planned.find((each) => !held.has(each));
  if (missing !== undefined) throw notProven(`the engine reported success, but ${folder} does not hold ${missing}`);
  if (held.size !== planned.length) throw notProven(`${folder} holds tables that it should not`);
}

/** The definition of each table, by `database\0table`. */
function definitionFiles(metadata: EngineMetadata): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name } of metadata.files) {
    const [root, database, file, ...rest] = name.split("/");
    if (root !== "metadata" || database === undefined || file === undefined || rest.length > 0) continue;
    found.set(`${unescapeName(database)}\0${unescapeName(file.replace(/\.sql$/, ""))}`, name);
  }
  return found;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function notProven(detail: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError(
    "proof-failed",
    `${detail}; the snapshot is not listed, and the cluster's data is not affected`,
    { hint: "Check the store and its free space, then take the snapshot again.", cause },
  );
}
