import type { DatabaseBackupOptions, SnapshotInfo, SnapshotKind } from "@snapdeck/contract/database-backup";
import type { DatabaseObjectRef, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { baseFor } from "@snapdeck/core/snapshots/lineage";
import type { ClusterParts } from "../cluster-parts.ts";
import { runningRanks } from "../running-ranks.ts";
import { type CheckedChain, checkChain } from "./check-chain.ts";
import { noSuchBackup } from "./no-such-backup.ts";
import { type LiveTable, type RankCatalog, readCatalog } from "./rank-catalog.ts";
import { type OpenDefinition, readObjectDefinitions } from "./read-object-definitions.ts";
import { resolveObjects } from "./resolve-objects.ts";

/** What a snapshot is to be, once the backup and the cluster were looked at. */
export type TakeIntent = {
  readonly kind: SnapshotKind;
  readonly options: DatabaseBackupOptions;
  /** What stands on the store; undefined where the backup is not there yet. */
  readonly read: ReadInfo | undefined;
  readonly base: CheckedChain | undefined;
  readonly definitions: readonly OpenDefinition[];
  readonly catalogs: readonly RankCatalog[];
};

/**
 * Checks what the snapshot would build on, and reads what it is to hold. Changes nothing.
 * @throws {SnapdeckError} `backup-not-found`, `backup-unusable`, `object-not-found`, `not-supported`, `cluster-not-running`, ...
 */
export async function readIntent(
  parts: ClusterParts,
  request: SnapshotRequest,
  read: ReadInfo | undefined,
  moved?: () => void,
): Promise<TakeIntent> {
  const clients = await runningRanks(parts);
  const { objects, options } = asked(request, read);
  const base = read === undefined ? undefined : baseFor(request.type, read.info.snapshots);
  const checked = read && base && (await checkChain(request, read.info, base.id, moved));
  const catalogs = await Promise.all(clients.map(readCatalog));
  const refs = await resolveObjects(parts, catalogs, objects);
  const definitions = await readObjectDefinitions(parts, catalogs, refs);
  return { kind: request.type, options, read, base: checked, definitions, catalogs };
}

function asked(
  request: SnapshotRequest,
  read: ReadInfo | undefined,
): { objects: readonly DatabaseObjectRef[]; options: DatabaseBackupOptions } {
  if (request.type === "full") return request;
  if (read === undefined) throw noSuchBackup(request);
  return { objects: read.info.objects, options: { ...read.info.options, ...request.options } };
}

/** @throws {SnapdeckError} `backup-exists` when a new one is not to take its place, `backup-not-found` when there is none to add to */
export function refuseExisting(request: SnapshotRequest, read: ReadInfo | undefined): void {
  if (request.type !== "full") {
    if (read === undefined) throw noSuchBackup(request);
    return;
  }
  if (read === undefined || request.recreate) return;
  const { backup } = request;
  throw new SnapdeckError("backup-exists", `the backup ${backup} is there already; nothing was changed`, {
    hint: `BACKUP ${backup} adds a snapshot to it; CREATE BACKUP with RECREATE = true takes its place.`,
  });
}

/** The tables of one rank that the snapshot holds. */
export function tablesOf({ definitions }: Pick<TakeIntent, "definitions">, { tables }: RankCatalog): LiveTable[] {
  const wanted = new Set(definitions.map(({ ref }) => ref).flatMap((ref) => tableKey(ref) ?? []));
  return tables.filter(({ database, name }) => wanted.has(`${database}\0${name}`));
}

/** By what a table is found among others, undefined for what is none. */
export function tableKey(ref: StoredObjectRef): string | undefined {
  return ref.type === "TABLE" ? `${ref.schema ?? ""}\0${ref.name}` : undefined;
}

/** The snapshot that is built on. */
export function baseOf({ base }: Pick<TakeIntent, "base">): SnapshotInfo | undefined {
  return base?.chain[0];
}
