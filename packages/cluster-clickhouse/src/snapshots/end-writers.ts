import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { ClusterParts } from "../cluster-parts.ts";
import { type EngineOperation, findOperationsIn } from "../engine-operation.ts";
import type { RankClient } from "../rank-client.ts";
import { RankWork } from "../rank-work.ts";
import { writingRanks } from "../writing-ranks.ts";
import { snapshotFolder } from "./snapshot-paths.ts";

/**
 * Ends operations of the engines that write to folders of snapshots, by their names.
 * @throws {SnapdeckError} `cluster-unreachable` when it cannot be seen whether one does, `no-progress`
 */
export async function endWriters(
  parts: ClusterParts,
  backup: DatabaseBackupName,
  folders: readonly string[],
): Promise<void> {
  const ids = folders.map(Number).filter((id) => Number.isSafeInteger(id));
  if (ids.length === 0) return;
  const inFolders = ids.map((id) => `/${snapshotFolder(backup, id)}/`);
  await endOperations(parts, async (client) =>
    (await findOperationsIn(client, `/${backup}/`)).filter(({ destination }) =>
      inFolders.some((each) => destination.includes(each)),
    ),
  );
}

/**
 * Ends those that run, of the operations that `find` answers for each rank.
 * @throws {SnapdeckError} as {@link endWriters}
 */
export async function endOperations(
  parts: ClusterParts,
  find: (client: RankClient) => Promise<EngineOperation[]>,
): Promise<void> {
  await Promise.all(
    (await writingRanks(parts)).map(async (client) => {
      for (const { id, stage } of await find(client)) {
        if (stage === "running") await new RankWork(parts.ranks, client, id, parts.settings).stop();
      }
    }),
  );
}
