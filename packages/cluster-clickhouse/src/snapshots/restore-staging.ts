import type { RankProgress } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import { EngineCount } from "../engine-values.ts";
import { follow } from "../follow.ts";
import type { RankClient } from "../rank-client.ts";
import { RankWork } from "../rank-work.ts";
import { quoteIdent, quoteStr, quoteTable } from "../sql.ts";
import { engineDestination, placeSettings } from "./engine-destination.ts";
import { openJournal } from "./restore-journal.ts";
import type { Placing } from "./restore-placing.ts";
import { restoreRoomWatch } from "./restore-room.ts";
import type { RestoreFiles, RestoreSource } from "./restore-source.ts";
import {
  engineFolder,
  FOLDER_ROLES,
  type FolderRole,
  folderOnStore,
  snapshotOperationId,
  stagingPrefix,
} from "./snapshot-paths.ts";

type RestoreWork = Pick<WorkOrder, "jobId" | "attempt" | "checkFence"> & SnapshotRestoreRequest;

const LONG_TEXT = { max_query_size: 64 * 1024 * 1024 };

/** Makes the staging databases and what is in them, empty, on every rank; merges rest there, for they could fold rows before they are counted. */
export async function makeStaging(
  clients: readonly RankClient[],
  order: RestoreWork,
  placings: readonly Placing[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = clients;
  if (first !== undefined) {
    await order.checkFence();
    await openJournal(first, order.jobId);
  }
  for (const client of clients) {
    await order.checkFence();
    const own = placings
      .filter(({ rank }) => rank === client.rank)
      .flatMap(({ staged, item }) => (staged ? [{ staged, item }] : []));
    for (const database of new Set(own.map(({ staged }) => staged.place.database))) {
      if (!database.startsWith(stagingPrefix(order.jobId))) continue;
      await client.run(
        "preparing the restore",
        `CREATE DATABASE IF NOT EXISTS ${quoteIdent(database)} ENGINE = Atomic`,
      );
    }
    for (const { staged, item } of own) {
      if (signal.aborted) return;
      const { database, name } = staged.place;
      await client.run(`making ${item.target.schema ?? ""}.${item.target.name}`, staged.create, {
        settings: LONG_TEXT,
      });
      if (item.withRows && isMerging(staged.create))
        await client.run("stopping merges", `SYSTEM STOP MERGES ${quoteTable(database, name)}`);
    }
  }
  await failpoint("snapshotRestore.afterStaging");
}

/** Whether the engine may fold the rows of what such a statement makes. */
export function isMerging(create: string): boolean {
  return /\) ENGINE = \w*MergeTree\b/.test(create);
}

/** One statement for each rank and engine folder. */
export type RowsOperation = {
  readonly client: RankClient;
  readonly role: FolderRole;
  readonly placings: readonly Placing[];
};

export function rowsOperations(clients: readonly RankClient[], placings: readonly Placing[]): RowsOperation[] {
  return clients.flatMap((client) =>
    FOLDER_ROLES.map((role) => ({
      client,
      role,
      placings: placings.filter((each) => each.rank === client.rank && each.role === role && each.staged !== undefined),
    })).filter((operation) => operation.placings.length > 0),
  );
}

/** Starts the engines on the rows of what was made. */
export async function startRows(
  order: RestoreWork,
  { snapshot }: RestoreSource,
  { movedBaseOf }: RestoreFiles,
  operations: readonly RowsOperation[],
): Promise<void> {
  const { store, backup } = order;
  for (const { client, role, placings } of operations) {
    const folder = engineFolder(client.rank, role);
    const tables = placings.map(({ source, staged }) => {
      const { database, name } = staged?.place ?? source;
      return `TABLE ${quoteTable(source.database, source.name)} AS ${quoteTable(database, name)}`;
    });
    const base = movedBaseOf(folder);
    const settings = [
      `id = ${quoteStr(operationOf(order, client.rank, role))}`,
      // What is there was made of the same definition, with other names in it.
      "allow_different_table_def = 1",
      ...(base === undefined ? [] : [`base_backup = ${base}`]),
      ...placeSettings(store.engine),
    ];
    const from = engineDestination(store.engine, folderOnStore(backup, snapshot.id, folder));
    await order.checkFence();
    const statement = `RESTORE ${tables.join(", ")} FROM ${from} SETTINGS ${settings.join(", ")} ASYNC`;
    await client.run("starting the restore", statement, { settings: LONG_TEXT });
  }
  await failpoint("snapshotRestore.afterStart");
}

export function operationOf({ jobId, attempt }: RestoreWork, rank: number, role: FolderRole): string {
  return snapshotOperationId(jobId, attempt, rank, `restore-${role}`);
}

const BytesRow = z.object({ bytes: EngineCount });
const SELECT_USED = "SELECT sum(total_space - free_space) AS bytes FROM system.disks";
/** What the operation itself has moved so far; a copy within one machine counts as nothing there. */
const SELECT_MOVED = `SELECT sum(ProfileEvents['ReadBufferFromS3Bytes']) + sum(ProfileEvents['WriteBufferFromFileDescriptorWriteBytes'])
  AS bytes FROM system.processes WHERE query_id = {id:String}`;

/**
 * Follows the rows on their way in. Answers false when `signal` aborted before; the engines then still work.
 * @throws {SnapdeckError} `engine-failed`, `disk-full`, `rank-lost`, `no-progress`, `restore-differs` for writes that failed
 */
export async function* watchRows(
  parts: ClusterParts,
  order: RestoreWork,
  operations: readonly RowsOperation[],
  files: readonly SnapshotFile[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, boolean> {
  const progress = new Map<number, RankProgress>();
  for (const { client, role } of operations) {
    const own = files.filter(({ folder }) => folder === engineFolder(client.rank, role));
    const known = progress.get(client.rank);
    progress.set(client.rank, {
      rank: client.rank,
      bytesDone: 0,
      bytesTotal: own.reduce((sum, { sizeBytes }) => sum + sizeBytes, known?.bytesTotal ?? 0),
      filesDone: 0,
      filesTotal: own.length + (known?.filesTotal ?? 0),
    });
  }
  const before = new Map<number, number>();
  const room = restoreRoomWatch(
    parts,
    operations.map(({ client }) => client),
  );
  for (const role of FOLDER_ROLES) {
    const works = operations
      .filter((operation) => operation.role === role)
      .map(({ client }) => new RankWork(parts.ranks, client, operationOf(order, client.rank, role), parts.settings));
    const following = follow(works, parts.settings.pollMs, signal);
    for (;;) {
      const step = await following.next();
      if (step.done) {
        if (step.value === undefined) return false;
        for (const [rank, operation] of step.value) assertWritten(rank, operation.failedWrites);
        break;
      }
      room.look();
      for (const work of works) {
        const used = await bytesSeen(order, work.client, step.value.get(work.rank)?.queryId ?? "");
        // The engine's own counters stand still on a restore, however far it is.
        work.sawBytes(used);
        const known = progress.get(work.rank);
        if (known === undefined) continue;
        const grown = Math.max(0, used - (before.get(work.rank) ?? used));
        if (!before.has(work.rank)) before.set(work.rank, used);
        const bytesDone = Math.min(known.bytesTotal, Math.max(known.bytesDone, grown));
        const filesDone = Math.floor(known.bytesTotal === 0 ? 0 : (known.filesTotal * bytesDone) / known.bytesTotal);
        progress.set(work.rank, { ...known, bytesDone, filesDone });
      }
      yield { type: "progress", ranks: [...progress.values()] };
    }
  }
  const ends = [...progress.values()].map((each) => ({
    ...each,
    bytesDone: each.bytesTotal,
    filesDone: each.filesTotal,
  }));
  yield { type: "progress", ranks: ends };
  return true;
}

/** Tells that bytes move, for the engine's account of the restore does not. A rank that is silent for a moment is the matter of who looks at that. */
async function bytesSeen({ store }: RestoreWork, client: RankClient, queryId: string): Promise<number> {
  const [query, params] = store.engine.kind === "s3" ? [SELECT_MOVED, { id: queryId }] : [SELECT_USED, {}];
  try {
    const [row] = await client.rows("telling how far it is", BytesRow, query, { params, timeoutMs: 10_000 });
    return row?.bytes ?? 0;
  } catch {
    return 0;
  }
}

function assertWritten(rank: number, failedWrites: number): void {
  if (failedWrites === 0) return;
  throw new SnapdeckError(
    "restore-differs",
    `rank ${rank} reported success, but ${failedWrites} of its writes failed; nothing that exists was touched`,
    { hint: "Check the disk where the cluster's data lives, and its free space." },
  );
}
