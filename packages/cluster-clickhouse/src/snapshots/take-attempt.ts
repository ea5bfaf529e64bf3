import type { EngineFolder, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { viewOf } from "@snapdeck/core/snapshots/backup-view";
import { nextSnapshotId } from "@snapdeck/core/snapshots/snapshot-id";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { RankWork } from "../rank-work.ts";
import { baseDestination, engineDestination, placeSettings } from "./engine-destination.ts";
import { folderRoleOf, type LiveTable } from "./rank-catalog.ts";
import { engineFolder, FOLDER_ROLES, type FolderRole, folderOnStore, snapshotOperationId } from "./snapshot-paths.ts";
import { roomFor, snapshotStatement } from "./snapshot-statement.ts";
import { baseOf, type TakeIntent, tablesOf } from "./take-intent.ts";
import { usedIds } from "./used-ids.ts";

export type TakeOrder = SnapshotRequest & WorkOrder & { readonly requestedBy: string };

/** What one rank writes to one folder of the snapshot. */
export type FolderPlan = {
  readonly client: RankClient;
  readonly role: FolderRole;
  readonly folder: EngineFolder;
  readonly tables: readonly LiveTable[];
  /** The same folder of the snapshot that it builds on; undefined where that has none. */
  readonly base: { readonly path: string; readonly uuid: string } | undefined;
  readonly plannedBytes: number;
};

/** A folder that an engine writes. */
export type FolderWork = { readonly plan: FolderPlan; readonly work: RankWork };

/** A snapshot that the engines write. */
export type TakeAttempt = {
  readonly id: SnapshotId;
  readonly startedAt: string;
  readonly works: readonly FolderWork[];
};

/** The folders that the ranks are to write: none for definitions only. */
export function planFolders({ backup }: Pick<TakeOrder, "backup">, intent: TakeIntent): FolderPlan[] {
  if (intent.options.ddlOnly) return [];
  return intent.catalogs.flatMap((catalog) => {
    const tables = tablesOf(intent, catalog);
    return FOLDER_ROLES.flatMap((role): FolderPlan[] => {
      const own = tables.filter((table) => folderRoleOf(table) === role);
      if (own.length === 0) return [];
      const folder = engineFolder(catalog.client.rank, role);
      const plannedBytes = own.reduce((sum, table) => sum + (table.size_bytes ?? 0), 0);
      return [
        {
          client: catalog.client,
          role,
          folder,
          tables: own,
          base: baseFolder(backup, intent, role, folder),
          plannedBytes,
        },
      ];
    });
  });
}

/** Only what never changes is taken from a base; see `snapshotStatement`. */
function baseFolder(
  backup: TakeOrder["backup"],
  intent: TakeIntent,
  role: FolderRole,
  folder: EngineFolder,
): FolderPlan["base"] {
  const base = baseOf(intent);
  if (role !== "parts" || base === undefined || intent.base === undefined) return undefined;
  const uuid = viewOf(intent.base.view, base.id).folders.get(folder)?.metadata.uuid;
  return uuid === undefined ? undefined : { path: folderOnStore(backup, base.id, folder), uuid };
}

/**
 * Starts the BACKUP of every folder on a path that nobody used before. `started` gets each operation before its statement is sent, so that
 * whatever fails, a caller knows what may run.
 * @throws {SnapdeckError} `engine-failed`, `cluster-unreachable`, ...
 */
export async function startTake(
  parts: ClusterParts,
  order: TakeOrder,
  intent: TakeIntent,
  started: RankWork[],
): Promise<TakeAttempt> {
  const plans = planFolders(order, intent);
  const startedAt = parts.clock();
  const id = nextSnapshotId(
    Date.parse(startedAt),
    usedIds(intent.read?.info ?? { snapshots: [], removed: [] }, await order.store.files.folders(order.backup)),
  );
  await failpoint("snapshot.beforeCopy");
  await order.checkFence();
  const works = plans.map((plan): FolderWork => ({ plan, work: rankWork(parts, order, plan) }));
  started.push(...works.map(({ work }) => work));
  const outcomes = await Promise.allSettled(works.map((each) => sendBackup(parts, order, each, id)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return { id, startedAt, works };
}

function rankWork(parts: ClusterParts, order: TakeOrder, { client, role }: FolderPlan): RankWork {
  const id = snapshotOperationId(order.jobId, order.attempt, client.rank, role);
  return new RankWork(parts.ranks, client, id, parts.settings);
}

async function sendBackup(
  parts: ClusterParts,
  { store, backup }: TakeOrder,
  { plan, work }: FolderWork,
  snapshotId: SnapshotId,
): Promise<void> {
  const { role, tables, base } = plan;
  const statement = snapshotStatement({
    role,
    tables,
    destination: engineDestination(store.engine, folderOnStore(backup, snapshotId, plan.folder)),
    base: base && baseDestination(store.engine, base.path),
    placeSettings: placeSettings(store.engine),
    id: work.operationId,
    bandwidthBytesPerSecond: parts.settings.backupBandwidthBytesPerSecond,
  });
  await work.start("starting the snapshot", statement, { settings: roomFor(statement) });
}
