import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { ClusterParts } from "../cluster-parts.ts";
import { concurrently } from "../concurrently.ts";
import { pause } from "../pause.ts";
import { LOOK_AGAIN_MS, READS_AT_ONCE } from "../read-back.ts";
import { ReadMeter } from "../read-meter.ts";
import { whileWatched } from "../while-watched.ts";
import { readPlace } from "./read-place.ts";
import { type Place, placesOf, type SnapshotToRead } from "./snapshot-places.ts";

/**
 * L2 of snapshots: reads every byte that they consist of, wherever on their chains it stands, and compares it with what they say of their
 * contents. Bytes that several share are read once. Yields its progress again and again, and answers all faults; undefined when `signal`
 * aborted before. What is at fault is looked at twice. Nothing is read any more when it ends, however it does.
 * @throws {SnapdeckError} `store-unavailable`, `no-progress`
 */
export async function* readSnapshotsBack(
  { settings }: Pick<ClusterParts, "settings">,
  store: ObjectStore,
  snapshots: readonly SnapshotToRead[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, ProofFault[] | undefined> {
  const places = placesOf(snapshots);
  const meter = new ReadMeter({ ranks: totals(places) });
  const progress = (): WorkReport => ({ type: "progress", ranks: meter.ranks() });
  const faults = yield* whileWatched((until) => readAll(store, places, meter, until), {
    pollMs: settings.pollMs,
    signal,
    look: () => {
      if (meter.stoodMs() > settings.noProgressMs) throw stalled(meter.stoodMs());
      return progress();
    },
  });
  if (faults !== undefined) yield progress();
  return faults;
}

async function readAll(
  store: ObjectStore,
  places: readonly Place[],
  meter: ReadMeter,
  signal: AbortSignal,
): Promise<ProofFault[]> {
  const first = await look(store, places, meter, signal);
  if (first.size === 0) return [];
  await pause(LOOK_AGAIN_MS, signal);
  signal.throwIfAborted();
  const again = await look(store, [...first.keys()], new ReadMeter({ ranks: [] }), signal);
  return places.flatMap((place) => again.get(place) ?? []);
}

async function look(
  store: ObjectStore,
  places: readonly Place[],
  meter: ReadMeter,
  signal: AbortSignal,
): Promise<Map<Place, ProofFault>> {
  const faulty = new Map<Place, ProofFault>();
  await concurrently(places, READS_AT_ONCE, async (place) => {
    signal.throwIfAborted();
    const reading = meter.begin(place.rank);
    try {
      const fault = await readPlace(store, place, signal, (bytes) => reading.heard(bytes));
      if (fault !== undefined) faulty.set(place, { subject: place.paths.at(-1) ?? "", ...fault });
    } finally {
      reading.end();
    }
    meter.ended(place.rank, place.sizeBytes);
  });
  return faulty;
}

function totals(places: readonly Place[]): { rank: number; sizeBytes: number; files: Place[] }[] {
  const ranks = new Map<number, { rank: number; sizeBytes: number; files: Place[] }>();
  for (const place of places) {
    const { rank } = place;
    const total = ranks.get(rank) ?? { rank, sizeBytes: 0, files: [] };
    total.sizeBytes += place.sizeBytes;
    total.files.push(place);
    ranks.set(rank, total);
  }
  return [...ranks.values()].sort((one, other) => one.rank - other.rank);
}

function stalled(stoodMs: number): SnapdeckError {
  return new SnapdeckError(
    "no-progress",
    `no byte of the backup could be read for ${Math.round(stoodMs / 1000)} s, so its proof was ended; it says nothing of the backup`,
    { hint: "See whether the store answers, then try again." },
  );
}

/** @throws {SnapdeckError} `proof-failed` naming the first files, when there are any */
export function refuseFaults(backup: DatabaseBackupName, faults: readonly ProofFault[], meaning: string): void {
  const [first] = faults;
  if (first === undefined) return;
  const named = faults.slice(0, NAMED).map(({ subject, detail }) => `${subject} ${detail}`);
  const more = faults.length > NAMED ? `, and ${faults.length - NAMED} more` : "";
  throw new SnapdeckError(
    "proof-failed",
    `${faults.length} ${faults.length === 1 ? "file" : "files"} of backup ${backup} at fault: ${named.join(", ")}${more}; ${meaning}`,
    { hint: "Look at the store, then take another backup: CREATE BACKUP with RECREATE takes the place of this one." },
  );
}

/** How many files a message names. */
const NAMED = 5;
