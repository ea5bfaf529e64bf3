import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { Evidence } from "@snapdeck/contract/job";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { AlterRequest, BackupPlace } from "@snapdeck/core/ports/database-backups";
import { clearAfter } from "../after-failure.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { merge, mergedBy } from "./alter-merge.ts";
import { purge, purgedBy } from "./alter-purge.ts";
import { setOptions } from "./alter-set.ts";
import { finishEarlier, readSigned, removeUnlisted } from "./finish-earlier.ts";
import { noSuchBackup } from "./no-such-backup.ts";

export type AlterOrder = AlterRequest & WorkOrder & { readonly requestedBy: string };

/** What an alteration came to, but for what is the same in all. */
export type Altered = Omit<Extract<Evidence, { kind: "database-backup" }>, "kind" | "deed" | "backups">;

/**
 * MERGE, PURGE and SET; see `DatabaseBackups.alter` for its promises. Plans are computed from what stands, so one that is taken up either
 * finds what it had done or starts over. From the first info on that tells of a removal it goes on to the end.
 */
export async function* alter(parts: ClusterParts, order: AlterOrder, signal: AbortSignal): Work {
  yield { type: "phase", phase: "preparing" };
  if (signal.aborted && !order.takeUp) {
    yield { type: "stopped" };
    return;
  }
  await order.checkFence();
  const before = await readBackup(order);
  const read = yield* whileMoving((moved) => finishEarlier(parts, order, order, moved));
  const known = order.takeUp ? await doneBefore(order, before.info) : undefined;
  if (known !== undefined) {
    yield confirmed(order, known);
    return;
  }
  if (signal.aborted || read === undefined) {
    yield { type: "stopped" };
    return;
  }
  try {
    const altered = yield* act(parts, order, read, signal);
    if (altered === undefined) {
      await order.checkFence();
      yield* whileMoving((moved) => removeUnlisted(parts, order, order, moved));
    }
    yield altered === undefined ? { type: "stopped" } : confirmed(order, altered);
  } catch (thrown) {
    yield* whileMoving((moved) => clearAfter(thrown, order, () => removeUnlisted(parts, order, order, moved)));
    throw thrown;
  }
}

function act(parts: ClusterParts, order: AlterOrder, read: ReadInfo, signal: AbortSignal) {
  switch (order.action) {
    case "merge":
      return merge(parts, order, read, signal);
    case "purge":
      return purge(parts, order, read, signal);
    case "set":
      return setOptions(order, read, signal);
  }
}

/** What an earlier process came to under the same job, as the info that it left tells it; undefined when there is nothing to see of it. */
async function doneBefore(order: AlterOrder, info: DatabaseBackupInfo): Promise<Altered | undefined> {
  switch (order.action) {
    case "merge":
      return mergedBy(order, info);
    case "purge":
      return purgedBy(order, info);
    case "set":
      return undefined;
  }
}

/** @throws {SnapdeckError} `backup-not-found`, `backup-unusable` when this console did not sign it */
export async function readBackup(place: BackupPlace): Promise<ReadInfo> {
  const read = await readSigned(place);
  if (read !== undefined) return read;
  throw noSuchBackup(place);
}

function confirmed({ backup }: AlterOrder, altered: Altered) {
  const evidence: Evidence = { kind: "database-backup", deed: "alter", backups: [backup], ...altered };
  return { type: "confirmed", evidence } as const;
}
