import type { RankProgress } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "../cluster-parts.ts";
import { concurrently } from "../concurrently.ts";
import { pause } from "../pause.ts";
import { folderOnStore, roleOf } from "./snapshot-paths.ts";
import type { TakeOrder } from "./take-attempt.ts";
import { notProven } from "./take-proof.ts";

/** Files that are asked for at once: enough that a thread that ended one finds the next. */
const READS_AT_ONCE = 4;

/** Bytes that the snapshot brought, and their checksum as the engine gave it. */
type OwnFile = { readonly path: string; readonly rank: number; readonly sizeBytes: number; readonly checksum: string };

/**
 * L2: reads back every byte that the snapshot brought and compares it with the engine's checksums. Answers whether it was done; false when
 * `signal` aborted before.
 * @throws {SnapdeckError} `proof-failed`, `store-unavailable`, `no-progress`
 */
export async function* readOwnBytes(
  parts: ClusterParts,
  { store, backup }: Pick<TakeOrder, "store" | "backup">,
  id: SnapshotId,
  files: readonly SnapshotFile[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, boolean> {
  const own = ownFiles(backup, id, files);
  const ranks = new Map<number, RankProgress>();
  for (const { rank, sizeBytes } of own) {
    const before = ranks.get(rank) ?? { rank, bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
    ranks.set(rank, { ...before, bytesTotal: before.bytesTotal + sizeBytes, filesTotal: before.filesTotal + 1 });
  }
  const stop = new AbortController();
  let movedAt = performance.now();
  const add = (rank: number, bytes: number, ended: number) => {
    movedAt = performance.now();
    const before = ranks.get(rank);
    if (before !== undefined)
      ranks.set(rank, { ...before, bytesDone: before.bytesDone + bytes, filesDone: before.filesDone + ended });
  };
  const reading = concurrently(own, READS_AT_ONCE, async ({ path, rank, sizeBytes, checksum }) => {
    stop.signal.throwIfAborted();
    const found = await store.files.digest(path, "clickhouse", stop.signal, (bytes) => add(rank, bytes, 0));
    if (found === undefined) throw notProven(`${path} is missing`);
    if (found.sizeBytes !== sizeBytes || found.digest !== checksum)
      throw notProven(`${path} holds other bytes than the engine wrote`);
    add(rank, 0, 1);
  }).then(() => true);
  reading.catch(() => undefined);
  try {
    for (;;) {
      if (signal.aborted) return false;
      const done = await Promise.race([reading, pause(parts.settings.pollMs, signal)]);
      yield { type: "progress", ranks: [...ranks.values()] };
      if (done === true) return true;
      if (performance.now() - movedAt > parts.settings.noProgressMs) throw stalled();
    }
  } finally {
    stop.abort();
  }
}

/** Each once, however many files of the snapshot share it. */
function ownFiles(backup: TakeOrder["backup"], id: SnapshotId, files: readonly SnapshotFile[]): OwnFile[] {
  const own = new Map<string, OwnFile>();
  for (const { folder, parts, checksum, sizeBytes } of files) {
    const [part, ...more] = parts;
    if (part?.snapshotId !== id || more.length > 0 || checksum === undefined) continue;
    const path = `${folderOnStore(backup, id, folder)}/${part.name}`;
    own.set(path, { path, rank: roleOf(folder)?.rank ?? 0, sizeBytes, checksum });
  }
  return [...own.values()];
}

function stalled(): SnapdeckError {
  return new SnapdeckError("no-progress", "no byte of the snapshot could be read any more, so it was not listed", {
    hint: "See whether the store answers, then take the snapshot again.",
  });
}
