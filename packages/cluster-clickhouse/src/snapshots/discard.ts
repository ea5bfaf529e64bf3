import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { LeftInStore } from "@snapdeck/core/ports/database-backups";
import type { ClusterParts } from "../cluster-parts.ts";
import { findOperationsOf } from "../engine-operation.ts";
import { endOperations } from "./end-writers.ts";
import { removeUnlisted } from "./finish-earlier.ts";
import { snapshotOperationPrefix } from "./snapshot-paths.ts";

/**
 * Removes what an unfinished work left: first what still writes, then folders that nothing lists. What is listed stays, and so does a backup
 * that cannot be read or that another console signed. Only while no other work is under way on those backups. Needs no running cluster.
 * @throws {SnapdeckError} `cluster-unreachable` when it cannot be seen whether somebody still writes, `store-unavailable`
 */
export async function discardSnapshots(parts: ClusterParts, { jobId, store, backups }: LeftInStore): Promise<void> {
  await endOperations(parts, (client) => findOperationsOf(client, snapshotOperationPrefix(jobId)));
  for (const backup of backups) {
    try {
      await removeUnlisted(parts, { store, backup }, { checkFence: async () => undefined });
    } catch (thrown) {
      if (!(thrown instanceof SnapdeckError) || thrown.code !== "backup-unusable") throw thrown;
    }
  }
}
