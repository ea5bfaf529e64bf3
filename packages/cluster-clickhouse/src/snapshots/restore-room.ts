import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import { EngineCount } from "../engine-values.ts";
import type { RankClient } from "../rank-client.ts";
import { RoomWatch } from "../room-watch.ts";
import { roleOf } from "./snapshot-paths.ts";

const FreeRow = z.object({ free: EngineCount });
/** Room without an end, as a bucket has, is told as a number that no disk comes near. */
const SELECT_FREE = "SELECT min(free_space) AS free FROM system.disks";

/**
 * Staging stands beside what is there until everything was compared, so there must be room for both. Ranks of one host share its disk.
 * @throws {SnapdeckError} `disk-full`
 */
export async function assertRoom(
  { host, settings }: Pick<ClusterParts, "host" | "settings">,
  clients: readonly RankClient[],
  files: readonly SnapshotFile[],
): Promise<void> {
  for (const client of clients) {
    const own = host === undefined ? files.filter(({ folder }) => roleOf(folder)?.rank === client.rank) : files;
    const neededBytes = own.reduce((sum, { sizeBytes }) => sum + sizeBytes, settings.floorBytes);
    const free = await freeBytes(client);
    if (free >= neededBytes) continue;
    throw new SnapdeckError(
      "disk-full",
      `the restore needs ${neededBytes} bytes where the data of rank ${client.rank} lives, and ${free} are free; nothing was restored`,
      { hint: "Free some space where the cluster's data lives, or restore fewer objects at a time." },
    );
  }
}

/** Ends a restore before it fills a disk, or somebody beside it does. */
export function restoreRoomWatch(parts: Pick<ClusterParts, "settings">, clients: readonly RankClient[]): RoomWatch {
  return new RoomWatch(
    parts,
    async () => Math.min(...(await Promise.all(clients.map(freeBytes)))),
    (left) =>
      new SnapdeckError(
        "disk-full",
        `the restore was ended because ${left} bytes were left where the cluster's data lives, and ${parts.settings.floorBytes} must stay free; nothing that exists was touched`,
        { hint: "Free some space where the cluster's data lives, then try again." },
      ),
  );
}

async function freeBytes(client: RankClient): Promise<number> {
  const [row] = await client.rows("telling its disk", FreeRow, SELECT_FREE, { timeoutMs: 10_000 });
  return row?.free ?? 0;
}
