import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupOrder, Work } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "./cluster-parts.ts";
import { isListed, noSuchBackup } from "./manifest-file.ts";
import { backupFolder, manifestPath } from "./paths.ts";
import { whileMoving } from "./while-moving.ts";

/**
 * Deletes a backup: its manifest first, so that it is never listed with files missing, then the files. Once the manifest is gone
 * it goes on to the end, and taken up it finishes.
 */
export async function* removeBackup(parts: ClusterParts, order: BackupOrder, signal: AbortSignal): Work {
  const { store, id } = parts;
  yield { type: "phase", phase: "removing" };
  const isThere = await isListed(store, id, order.backupId);
  if (!isThere && !order.takeUp) throw noSuchBackup(id, order.backupId);
  if (isThere && signal.aborted) {
    yield { type: "stopped" };
    return;
  }
  await order.checkFence();
  await failpoint("delete.beforeUnlist");
  await store.remove(manifestPath(id, order.backupId));
  await failpoint("delete.afterUnlist");
  const files = yield* whileMoving((moved) => store.removeAll(backupFolder(id, order.backupId), moved));
  if ((await store.folders(id)).includes(order.backupId)) {
    throw new SnapdeckError(
      "store-unavailable",
      `files of backup ${order.backupId} are left, though it is not listed any more`,
      {
        hint: "Delete it once more.",
      },
    );
  }
  const evidence = {
    kind: "delete-backup",
    backupId: order.backupId,
    filesRemoved: files + (isThere ? 1 : 0),
  } as const;
  yield { type: "confirmed", evidence };
}
