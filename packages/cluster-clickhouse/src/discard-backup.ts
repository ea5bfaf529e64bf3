import type { BackupId } from "@snapdeck/contract/scalars";
import type { BackupEstimate } from "@snapdeck/core/ports/cluster";
import { readTables } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import { findOperationsIn } from "./engine-operation.ts";
import { isListed } from "./manifest-file.ts";
import { backupFolder } from "./paths.ts";
import { RankWork } from "./rank-work.ts";
import { runningRanks } from "./running-ranks.ts";
import { writingRanks } from "./writing-ranks.ts";

/** @throws {SnapdeckError} `cluster-not-running`, `cluster-unreachable`, `rank-lost`, `store-unavailable` */
export async function estimateBackup(parts: ClusterParts): Promise<BackupEstimate> {
  const clients = await runningRanks(parts);
  const tables = (await Promise.all(clients.map(readTables))).flat();
  const space = await parts.store.space();
  return { sizeBytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0), freeBytes: space?.freeBytes };
}

/**
 * Removes whatever an unlisted backup left: first what still writes, then the files. A listed backup stays as it is.
 * @throws {SnapdeckError} `cluster-unreachable` when it cannot be seen whether somebody still writes, `store-unavailable`
 */
export async function discardBackup(parts: ClusterParts, backupId: BackupId): Promise<void> {
  if (await isListed(parts.store, parts.id, backupId)) return;
  const folder = backupFolder(parts.id, backupId);
  await Promise.all(
    (await writingRanks(parts)).map(async (client) => {
      for (const { id, stage } of await findOperationsIn(client, `${folder}/`)) {
        if (stage === "running") await new RankWork(parts.ranks, client, id, parts.settings).stop();
      }
    }),
  );
  await parts.store.removeAll(folder);
}
